import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite, rows } from "../../../testing/arbitraries.ts";
import { argmax, entropy, logSoftmax, logSumExp, softmax, sum } from "../src/index.ts";
import fixture from "./fixtures/rows.json" with { type: "json" };

const bad = (x: unknown): never => x as never;
/** The fixtures write −∞ as null. */
const numbers = (x: readonly (number | null)[]): Float64Array =>
  Float64Array.from(x, (v) => v ?? -Infinity);

describe("rows of logits", () => {
  const shape = [fixture.n, fixture.k];
  const logits = numbers(fixture.logits);

  test.each(Object.entries(fixture.temperatures))("agree with PyTorch at T = %s", (t, expected) => {
    const temperature = Number(t);
    // The fixture has logits of 1e4; PyTorch's own log-softmax is what limits the agreement there.
    const tolerance = { rtol: 2e-14, atol: 1e-15 };
    const options = { temperature };
    expect(logSoftmax(logits, shape, options)).toBeAllclose(
      numbers(expected.logSoftmax),
      tolerance,
    );
    expect(softmax(logits, shape, options)).toBeAllclose(numbers(expected.softmax), tolerance);
    expect(logSumExp(logits, shape, options)).toBeAllclose(numbers(expected.logSumExp), tolerance);
    expect(entropy(logits, shape, options)).toBeAllclose(numbers(expected.entropy), tolerance);
  });

  test("are finite at ±1e4 and keep all digits of differences there", () => {
    const far = Float64Array.of(1e4, 1e4 - 1, -1e4);
    const near = Float64Array.of(0, -1, -2e4);
    expect(logSoftmax(far, [3])).toEqual(logSoftmax(near, [3]));
    expect(softmax(far, [3])).toEqual(softmax(near, [3]));
    expect(entropy(far, [3])).toEqual(entropy(near, [3]));
    expect(logSumExp(far, [3])[0]! - 1e4).toBeAllclose(logSumExp(near, [3]), { rtol: 1e-11 });
  });

  test("masked classes have p = 0 and add no entropy; no finite maximum is NaN", () => {
    const masked = Float64Array.of(0, -Infinity, 0);
    expect([...softmax(masked, [3])]).toEqual([0.5, 0, 0.5]);
    expect(logSoftmax(masked, [3])[1]).toBe(-Infinity);
    expect(entropy(masked, [3])[0]).toBe(Math.LN2);
    const none = Float64Array.of(-Infinity, -Infinity);
    expect(logSumExp(none, [2])[0]).toBe(-Infinity);
    expect(logSumExp(Float64Array.of(1, Infinity), [2])[0]).toBe(Infinity);
    expect(softmax(none, [2])).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    for (const f of [logSoftmax, softmax, entropy, logSumExp]) {
      expect(f(Float64Array.of(Number.NaN, 0), [2])[0]).toBeNaN();
    }
  });

  test("argmax takes the first of equal maxima and never NaN", () => {
    expect(argmax(Float64Array.of(1, 3, 3, 2, 2, 2, Number.NaN, 0, -1), [3, 3])).toEqual(
      Int32Array.of(1, 0, 1),
    );
  });

  test("probabilities are on the simplex, exp of log-probabilities, invariant to a shift", () => {
    fc.assert(
      fc.property(rows(), finite(100), ({ logits: f, shape: s, n, k }, shift) => {
        const p = softmax(f, s);
        for (let i = 0; i < n; i++) {
          expect(sum(p.subarray(i * k, i * k + k))).toBeAllclose(1, { rtol: 1e-15 * k });
        }
        expect(p.every((v) => v >= 0 && v <= 1)).toBe(true);
        expect(logSoftmax(f, s).map(Math.exp)).toBeAllclose(p, { rtol: 3e-14 });
        // The shifted logits are themselves rounded, by up to 2⁻⁴⁷.
        expect(
          softmax(
            f.map((v) => v + shift),
            s,
          ),
        ).toBeAllclose(p, { rtol: 1e-13 });
      }),
    );
  });

  test("entropy = logSumExp − ⟨p, f⟩ lies in [0, log k]", () => {
    fc.assert(
      fc.property(rows(), ({ logits: f, shape: s, n, k }) => {
        const p = softmax(f, s);
        const h = entropy(f, s);
        const lse = logSumExp(f, s);
        for (let i = 0; i < n; i++) {
          const dot = sum(p.subarray(i * k, i * k + k).map((v, c) => v * f[i * k + c]!));
          expect(h[i]).toBeAllclose(lse[i]! - dot, { atol: 3e-14 });
          expect(h[i]).toBeGreaterThanOrEqual(0);
          expect(h[i]).toBeLessThanOrEqual(Math.log(k) * (1 + 1e-15));
        }
      }),
    );
  });

  test("a batch is the concatenation of its rows, and a temperature divides the logits", () => {
    fc.assert(
      fc.property(rows(), ({ logits: f, shape: s, n, k }) => {
        for (const fn of [logSoftmax, softmax, logSumExp, entropy]) {
          const parts = Array.from({ length: n }, (_, i) => [
            ...fn(f.slice(i * k, i * k + k), [k]),
          ]).flat();
          expect([...fn(f, s)]).toEqual(parts);
          // Halving is exact, and so is the comparison.
          expect(fn(f, s, { temperature: 2 })).toBeAllclose(
            fn(
              f.map((v) => v / 2),
              s,
            ),
            {
              rtol: 1e-14,
              atol: 1e-300,
            },
          );
        }
      }),
    );
  });

  test("float32 input gives the float64 result of the same numbers; a float32 out is its rounding", () => {
    const f = Float32Array.from(logits);
    const exact = logSoftmax(Float64Array.from(f), shape);
    expect(logSoftmax(f, shape)).toEqual(exact);
    expect(logSoftmax(f, shape, { out: new Float32Array(f.length) })).toEqual(
      Float32Array.from(exact),
    );
    expect(softmax(f, shape, { out: new Float32Array(f.length) })).toEqual(
      Float32Array.from(softmax(f, shape)),
    );
  });

  test("out may be the logits; without it they are not changed", () => {
    const f = Float64Array.of(1, 2, 3, 4);
    const p = softmax(f, [2, 2]);
    const l = logSoftmax(f, [2, 2]);
    expect(f).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(logSoftmax(f.slice(), [2, 2], { out: new Float64Array(4) })).toEqual(l);
    expect(softmax(f, [2, 2], { out: f })).toBe(f);
    expect(f).toEqual(p);
  });

  test("an empty batch gives an empty result", () => {
    expect(softmax(new Float64Array(0), [0, 3])).toEqual(new Float64Array(0));
    expect(entropy(new Float64Array(0), [0, 3])).toEqual(new Float64Array(0));
  });

  test.each([
    [new Float64Array(5), [2, 3], {}, "SHAPE", "logits"],
    [bad([1, 2, 3]), [3], {}, "TYPE_MISMATCH", "logits"],
    [new Float64Array(3), [], {}, "SHAPE", "shape"],
    [new Float64Array(3), [3], { temperature: 0 }, "DOMAIN", "temperature"],
    [new Float64Array(3), [3], { temperature: -1 }, "DOMAIN", "temperature"],
    [new Float64Array(3), [3], { temperature: Infinity }, "DOMAIN", "temperature"],
    [new Float64Array(3), [3], { temperature: bad("2") }, "TYPE_MISMATCH", "temperature"],
    [new Float64Array(3), [3], { out: new Float64Array(7) }, "SHAPE", "out"],
    [new Float64Array(3), [3], { out: bad([0, 0, 0]) }, "TYPE_MISMATCH", "out"],
  ])("bad input %#", (f, s, options, code, argument) => {
    for (const fn of [logSoftmax, softmax, logSumExp, entropy]) {
      expect(() => fn(f, s, options)).toThrow(
        expect.objectContaining({ code, argument, functionName: fn.name }),
      );
    }
  });
});
