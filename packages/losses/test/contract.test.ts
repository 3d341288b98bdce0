// What holds for every loss: PyTorch's numbers, the gradient, the symmetries, the options, the errors.
import { type FloatArray, logSoftmax, mean, sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import { type Batch, LOSSES } from "./all-losses.ts";
import fixture from "./fixtures/losses.json" with { type: "json" };

const bad = (x: unknown): never => x as never;

const reference: Batch & { logits: Float64Array } = {
  shape: [fixture.n, fixture.k],
  logits: Float64Array.from(fixture.logits),
  labels: Int32Array.from(fixture.labels),
  teacherLogits: Float64Array.from(fixture.teacherLogits),
  targets: Float64Array.from(fixture.targets),
  concentration: Float64Array.from(fixture.concentration),
  logTargets: Float64Array.from(fixture.logTargets),
};

/**
 * A random batch of n rows and k classes. The logits rise by 1 a class on top of what is random:
 * rows of equal logits, where a standardised loss has no derivative, are rare that way.
 */
const batches = (
  minClasses = 2,
  bound = 8,
): fc.Arbitrary<Batch & { logits: Float64Array; n: number; k: number }> =>
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: minClasses, max: 6 }))
    .chain(([n, k]) => {
      const floats = (x: fc.Arbitrary<number>): fc.Arbitrary<Float64Array> =>
        fc.array(x, { minLength: n * k, maxLength: n * k }).map((v) => Float64Array.from(v));
      return fc.record({
        n: fc.constant(n),
        k: fc.constant(k),
        shape: fc.constant([n, k]),
        logits: floats(finite(bound)).map((f) => f.map((v, j) => v + (j % k))),
        labels: fc
          .array(fc.nat(k - 1), { minLength: n, maxLength: n })
          .map((v) => Uint8Array.from(v)),
        teacherLogits: floats(finite(bound)),
        targets: floats(fc.double({ min: 0, max: 3, noNaN: true })),
        concentration: floats(fc.double({ min: 0.1, max: 4, noNaN: true })),
        logTargets: floats(finite(bound)).map((t) => logSoftmax(t, [n, k])),
      });
    });

/** The batch with its rows or classes reordered: element (i, c) is taken from (rowOf(i), classOf(c)). */
function reorder(
  b: Batch,
  n: number,
  k: number,
  rowOf: (i: number) => number,
  classOf: (c: number) => number,
): { batch: Batch; matrix: (x: FloatArray) => Float64Array } {
  const matrix = (x: FloatArray): Float64Array =>
    Float64Array.from(x, (_, j) => x[rowOf(Math.floor(j / k)) * k + classOf(j % k)]!);
  const position = Array.from({ length: k }, (_, c) => c).map((y) =>
    Array.from({ length: k }, (_, c) => c).findIndex((c) => classOf(c) === y),
  );
  return {
    matrix,
    batch: {
      shape: [n, k],
      labels: Int32Array.from({ length: n }, (_, i) => position[b.labels[rowOf(i)]!]!),
      teacherLogits: matrix(b.teacherLogits),
      targets: matrix(b.targets),
      concentration: matrix(b.concentration),
      logTargets: matrix(b.logTargets),
    },
  };
}

describe.each(LOSSES)("$name", ({ name, reads, minClasses, value, grad }) => {
  const expected = fixture.losses[name as keyof typeof fixture.losses];

  test("agrees with PyTorch", () => {
    const result = grad(reference.logits, reference);
    // 1 − p_y is formed by subtraction in the reference of the focal loss: absolute accuracy.
    const tolerance = { rtol: 1e-12, atol: 1e-13 };
    expect(value(reference.logits, reference)).toBeAllclose(expected.value, tolerance);
    expect(result.value).toEqual(value(reference.logits, reference));
    expect(result.grad).toBeAllclose(expected.grad, tolerance);
  });

  test("the gradient is that of central differences and sums to 0", () => {
    const step = 1e-5;
    fc.assert(
      fc.property(batches(minClasses), (b) => {
        const { grad: g } = grad(b.logits, b);
        for (let j = 0; j < b.logits.length; j++) {
          const up = b.logits.slice();
          const down = b.logits.slice();
          up[j]! += step;
          down[j]! -= step;
          const i = Math.floor(j / b.k);
          const slope = (value(up, b)[i]! - value(down, b)[i]!) / (2 * step);
          // Rounding leaves 1e-16 · |value| / step, the step itself its square times f‴.
          expect(g[j]).toBeAllclose(slope, { rtol: 1e-6, atol: 3e-8 });
        }
        for (let i = 0; i < b.n; i++) {
          const row = g.subarray(i * b.k, (i + 1) * b.k);
          expect(row.reduce((x, y) => x + y, 0)).toBeAllclose(0, { atol: 1e-12 });
        }
      }),
      { numRuns: 40 },
    );
  });

  test("is invariant to a shift of the logits and equivariant to orders of rows and classes", () => {
    fc.assert(
      fc.property(batches(minClasses), finite(20), fc.nat(), (b, shift, turn) => {
        const plain = grad(b.logits, b);
        const tolerance = { rtol: 1e-10, atol: 1e-11 };
        const shifted = grad(
          b.logits.map((v) => v + shift),
          b,
        );
        expect(shifted.value).toBeAllclose(plain.value, tolerance);
        expect(shifted.grad).toBeAllclose(plain.grad, tolerance);
        const rowOf = (i: number): number => (i + turn) % b.n;
        const { batch, matrix } = reorder(b, b.n, b.k, rowOf, (c) => b.k - 1 - c);
        const turned = grad(matrix(b.logits), batch);
        expect(turned.value).toBeAllclose(
          plain.value.map((_, i) => plain.value[rowOf(i)]!),
          tolerance,
        );
        expect(turned.grad).toBeAllclose(matrix(plain.grad), tolerance);
      }),
    );
  });

  test("the sum of its rows is n times their mean, with weights too", () => {
    fc.assert(
      fc.property(batches(minClasses), (b) => {
        const each = value(b.logits, b);
        expect(sum(each)).toBeAllclose(b.n * mean(each), { rtol: 1e-14, atol: 1e-15 });
        const weights = each.map((_, i) => i + 0.5);
        const weighted = each.map((v, i) => weights[i]! * v);
        // The mean divides by n, not by the sum of the weights.
        expect(b.n * mean(value(b.logits, b, { weights }))).toBeAllclose(sum(weighted), {
          rtol: 1e-13,
          atol: 1e-14,
        });
      }),
    );
  });

  if (reads.includes("teacherLogits")) {
    test("is invariant to a shift of the teacher's logits", () => {
      fc.assert(
        fc.property(batches(minClasses), finite(20), (b, shift) => {
          // Rising by class, as the logits: a shift rounds away what rows of equal ones differ by.
          const teacherLogits = b.teacherLogits.map((v, j) => v + (j % b.k));
          const plain = grad(b.logits, { ...b, teacherLogits });
          const moved = teacherLogits.map((v) => v + shift);
          const shifted = grad(b.logits, { ...b, teacherLogits: moved });
          const tolerance = { rtol: 1e-10, atol: 1e-10 };
          expect(shifted.value).toBeAllclose(plain.value, tolerance);
          expect(shifted.grad).toBeAllclose(plain.grad, tolerance);
        }),
      );
    });
  }

  test("a batch is the concatenation of its rows", () => {
    fc.assert(
      fc.property(batches(minClasses), (b) => {
        const parts = Array.from({ length: b.n }, (_, i) => {
          const cut = (x: FloatArray): FloatArray => x.slice(i * b.k, (i + 1) * b.k);
          return value(cut(b.logits), {
            shape: [b.k],
            labels: b.labels.slice(i, i + 1),
            teacherLogits: cut(b.teacherLogits),
            targets: cut(b.targets),
            concentration: cut(b.concentration),
            logTargets: cut(b.logTargets),
          })[0]!;
        });
        expect([...value(b.logits, b)]).toEqual(parts);
      }),
    );
  });

  test("weights and cotangents scale rows; the given arrays are filled and returned", () => {
    const { shape, logits } = reference;
    const [n, k] = shape as [number, number];
    const plain = grad(logits, reference);
    const weights = Float64Array.of(0, 1, 2, 0.5, 3, 1);
    const cotangent = Float32Array.of(2, -1, 0, 1, 0.5, 1);
    const out = new Float64Array(n);
    const gradOut = new Float64Array(n * k);
    const result = grad(logits, reference, { weights, cotangent, out, gradOut });
    expect(result.value).toBe(out);
    expect(result.grad).toBe(gradOut);
    expect(out).toBeAllclose(plain.value.map((v, i) => v * weights[i]!));
    const row = (j: number): number => Math.floor(j / k);
    expect(gradOut).toBeAllclose(
      plain.grad.map((v, j) => v * weights[row(j)]! * cotangent[row(j)]!),
    );
    expect(value(logits, reference, { weights, out })).toBe(out);
    const inPlace = logits.slice();
    expect(grad(inPlace, reference, { gradOut: inPlace }).grad).toEqual(plain.grad);
    expect(reference.logits).toEqual(Float64Array.from(fixture.logits));
  });

  test("float32 logits give the same numbers as their float64 copies", () => {
    const single = Float32Array.from(reference.logits);
    const double = Float64Array.from(single);
    expect(value(single, reference)).toEqual(value(double, reference));
    // A float32 result is the float64 one, rounded once.
    const out = bad(new Float32Array(fixture.n));
    expect(value(single, reference, { out })).toEqual(Float32Array.from(value(double, reference)));
  });

  test("values and gradients are finite for logits of ±1e4", () => {
    const far = Float64Array.of(1e4, -1e4, 0, -1e4, -1e4, 1e4);
    const shape = [2, 3];
    const result = grad(far, {
      shape,
      labels: Int32Array.of(1, 0),
      teacherLogits: Float64Array.of(-1e4, 1e4, 0, 0, 0, 0),
      targets: Float64Array.of(0, 1, 1, 1, 0, 0),
      concentration: new Float64Array(6).fill(2),
      logTargets: logSoftmax(Float64Array.of(0, 5, 1, 1, 1, 1e4), shape),
    });
    expect([...result.value, ...result.grad].every(Number.isFinite)).toBe(true);
  });

  test("an empty batch is an empty result", () => {
    const none = new Float64Array(0);
    const empty: Batch = {
      shape: [0, 4],
      labels: new Int32Array(0),
      teacherLogits: none,
      targets: none,
      concentration: none,
      logTargets: none,
    };
    expect(grad(none, empty)).toEqual({ value: none, grad: none });
  });

  const short = Float64Array.of(1, 2);
  const functionName = name.split(",")[0];
  const badInputs = [
    ["logits", short, {}, {}, "SHAPE"],
    ["logits", bad([1, 2]), {}, {}, "TYPE_MISMATCH"],
    ["shape", reference.logits, { shape: [] }, {}, "SHAPE"],
    ["labels", reference.logits, { labels: Int32Array.of(0) }, {}, "SHAPE"],
    ["labels", reference.logits, { labels: new Int32Array(6).fill(5) }, {}, "DOMAIN"],
    ["labels", reference.logits, { labels: bad(new Float64Array(6)) }, {}, "TYPE_MISMATCH"],
    ["teacherLogits", reference.logits, { teacherLogits: short }, {}, "SHAPE"],
    ["teacherLogits", reference.logits, { teacherLogits: bad("x") }, {}, "TYPE_MISMATCH"],
    ["targets", reference.logits, { targets: new Float64Array(30).fill(-1) }, {}, "DOMAIN"],
    ["targets", reference.logits, { targets: short }, {}, "SHAPE"],
    ["concentration", reference.logits, { concentration: new Float64Array(30) }, {}, "DOMAIN"],
    ["concentration", reference.logits, { concentration: short }, {}, "SHAPE"],
    ["logTargets", reference.logits, { logTargets: short }, {}, "SHAPE"],
    ["weights", reference.logits, {}, { weights: short }, "SHAPE"],
    ["weights", reference.logits, {}, { weights: new Float64Array(6).fill(-1) }, "DOMAIN"],
    ["cotangent", reference.logits, {}, { cotangent: short }, "SHAPE"],
    ["out", reference.logits, {}, { out: short }, "SHAPE"],
    ["gradOut", reference.logits, {}, { gradOut: short }, "SHAPE"],
    ["gradOut", reference.logits, {}, { gradOut: bad([]) }, "TYPE_MISMATCH"],
  ] as const;
  const inBatch = new Set(["labels", "teacherLogits", "targets", "concentration", "logTargets"]);
  const relevant = badInputs.filter(
    ([argument]) => !inBatch.has(argument) || reads.includes(argument as keyof Batch),
  );
  test.each(relevant)("bad %s (%#)", (argument, f, batch, options, code) => {
    const call = (): unknown => grad(f, { ...reference, ...batch }, options);
    const suffix = "ValueAndGrad";
    expect(call).toThrow(
      expect.objectContaining({ code, argument, functionName: `${functionName}${suffix}` }),
    );
  });
});
