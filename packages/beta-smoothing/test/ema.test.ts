import { mean } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import { emaDecay, emaUpdate } from "../src/index.ts";

describe("emaDecay", () => {
  test("ramps from ½ to the cap, which .999 reaches at t = 999", () => {
    expect(emaDecay(1)).toBe(0.5);
    expect(emaDecay(998)).toBeLessThan(0.999);
    expect(emaDecay(999)).toBeAllclose(0.999, { rtol: 1e-15 });
    expect(emaDecay(1000)).toBe(0.999);
    expect(emaDecay(10, 1)).toBe(1 - 1 / 11);
    expect([emaDecay(10, 0), emaDecay(10, 0.3)]).toEqual([0, 0.3]);
  });

  test.each([
    [0, 0.9, "DOMAIN", "step"],
    [1.5, 0.9, "DOMAIN", "step"],
    [1, 1.1, "DOMAIN", "cap"],
    [1, -0.1, "DOMAIN", "cap"],
    ["1" as never, 0.9, "TYPE_MISMATCH", "step"],
  ])("bad input %o, %o", (step, cap, code, argument) => {
    expect(() => emaDecay(step, cap)).toThrow(expect.objectContaining({ code, argument }));
  });
});

describe("emaUpdate", () => {
  const arrays = fc
    .array(fc.tuple(finite(1e6), finite(1e6)), { minLength: 1, maxLength: 10 })
    .map((pairs) => pairs.map(([a, b]) => [a, b] as const));

  test("stays within an ulp of the range of its inputs, in place", () => {
    fc.assert(
      fc.property(arrays, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, decay) => {
        const average = Float64Array.from(pairs, ([a]) => a);
        const current = Float64Array.from(pairs, ([, c]) => c);
        expect(emaUpdate(average, current, decay)).toBe(average);
        pairs.forEach(([a, c], j) => {
          const ulp = 2 ** -52 * Math.max(Math.abs(a), Math.abs(c)) + 5e-324;
          expect(average[j]).toBeGreaterThanOrEqual(Math.min(a, c) - ulp);
          expect(average[j]).toBeLessThanOrEqual(Math.max(a, c) + ulp);
        });
        expect(current).toEqual(Float64Array.from(pairs, ([, c]) => c));
      }),
    );
  });

  test("decay 0 copies, decay 1 freezes", () => {
    fc.assert(
      fc.property(arrays, (pairs) => {
        const average = Float64Array.from(pairs, ([a]) => a);
        const current = Float64Array.from(pairs, ([, c]) => c);
        expect(emaUpdate(average.slice(), current, 0)).toBeAllclose(current, { rtol: 0 });
        expect(emaUpdate(average.slice(), current, 1)).toBeAllclose(average, { rtol: 0 });
      }),
    );
  });

  test("with the ramp it is the mean of everything seen, until the cap", () => {
    fc.assert(
      fc.property(fc.array(finite(10), { minLength: 2, maxLength: 200 }), (seen) => {
        const average = Float64Array.of(seen[0]!);
        for (let t = 1; t < seen.length; t++) {
          emaUpdate(average, Float64Array.of(seen[t]!), emaDecay(t));
          expect(average).toBeAllclose(mean(seen.slice(0, t + 1)), { rtol: 1e-12, atol: 1e-13 });
        }
      }),
      { numRuns: 20 },
    );
    const average = Float64Array.of(0);
    for (let t = 1; t <= 1500; t++) emaUpdate(average, Float64Array.of(t), emaDecay(t));
    expect(average[0]).not.toBeCloseTo(750, 1);
  });

  test("takes a list or a record of arrays, each in its own type", () => {
    const list = [Float32Array.of(0), Float64Array.of(1, 1)];
    expect(emaUpdate(list, [Float64Array.of(4), Float32Array.of(5, 9)], 0.75)).toBe(list);
    expect(list).toEqual([Float32Array.of(1), Float64Array.of(2, 3)]);
    const record = { a: Float32Array.of(0), b: Float64Array.of(1) };
    emaUpdate(record, { b: Float32Array.of(3), a: Float32Array.of(2) }, 0.5);
    expect(record).toEqual({ a: Float32Array.of(1), b: Float64Array.of(2) });
  });

  test("changes nothing where one of the arrays is refused", () => {
    const record = { a: Float32Array.of(1), b: Float64Array.of(1) };
    const current = { a: Float32Array.of(2), b: Float64Array.of(1, 2) };
    expect(() => emaUpdate(record, current, 0)).toThrow("current.b");
    expect(record.a[0]).toBe(1);
  });

  test.each([
    [Float64Array.of(1), Float64Array.of(1, 2), 0.5, "SHAPE", "current"],
    [Float64Array.of(1), Float64Array.of(1), 1.5, "DOMAIN", "decay"],
    [Float64Array.of(1), Float64Array.of(1), Number.NaN, "DOMAIN", "decay"],
    [[1] as never, Float64Array.of(1), 0.5, "TYPE_MISMATCH", "average.0"],
    [null as never, Float64Array.of(1), 0.5, "TYPE_MISMATCH", "average"],
    [Float64Array.of(1), undefined as never, 0.5, "TYPE_MISMATCH", "current"],
    [[Float64Array.of(1)], [], 0.5, "SHAPE", "current"],
    [{ w: Float64Array.of(1) }, { v: Float64Array.of(1) }, 0.5, "SHAPE", "current"],
    [
      { w: Float64Array.of(1) },
      { w: Int32Array.of(1) } as never,
      0.5,
      "TYPE_MISMATCH",
      "current.w",
    ],
    [[Float64Array.of(1)], [Float64Array.of(1, 2)], 0.5, "SHAPE", "current.0"],
  ])("bad input %#", (average, current, decay, code, argument) => {
    expect(() => emaUpdate(average, current, decay)).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});
