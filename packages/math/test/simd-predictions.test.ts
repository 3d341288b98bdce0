// The SIMD twin of predictionsInto against the JavaScript kernel, within its stated bound.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { predictionsInto } from "../src/kernels.ts";
import type { FloatArray, IntegerArray } from "../src/types.ts";
import { type Batch, batches, batchOf, expectClose, simd, values } from "./twin-checks.ts";

function predict(
  kernel: typeof predictionsInto,
  confidence: FloatArray,
  logits: FloatArray,
  labels: IntegerArray,
  k: number,
) {
  const correct = new Uint8Array(labels.length).fill(7);
  kernel(confidence, correct, logits, labels, labels.length, k);
  return { confidence, correct };
}

/** Confidences in float64 and float32, and for every label what is correct. */
function check({ n, k, logits, labels }: Batch): void {
  for (let shift = 0; shift < k; shift++) {
    const shifted = labels.map((y) => (y + shift) % k);
    const run = (kernel: typeof predictionsInto) =>
      predict(kernel, new Float64Array(n).fill(7), logits, shifted, k);
    const [got, wanted] = [run(simd.predictionsInto), run(predictionsInto)];
    expect(got.confidence).toBeAllclose(wanted.confidence, { rtol: 3e-9 });
    expect(got.correct).toEqual(wanted.correct);
  }
  const single = (kernel: typeof predictionsInto): Float32Array =>
    predict(kernel, values(n), logits, labels, k).confidence as Float32Array;
  const wanted = single(predictionsInto);
  expectClose(single(simd.predictionsInto), wanted, (i) => 3e-9 * wanted[i]!);
}

describe("the SIMD twin of predictionsInto agrees with the JavaScript kernel", () => {
  test("for random rows of every width, with masked classes", () => {
    fc.assert(fc.property(batches, check));
  });

  test("where the largest logit comes twice or more, at every place", () => {
    const level = fc.constantFrom(-1, 0, 1, 1, 1);
    const ties = fc
      .integer({ min: 2, max: 9 })
      .chain((k) =>
        fc
          .array(fc.array(level, { minLength: k, maxLength: k }), { minLength: 1, maxLength: 4 })
          .map((rows) => batchOf(rows)),
      );
    fc.assert(fc.property(ties, check));
  });

  test("bit for bit for equal logits and for one that is far above the others", () => {
    for (let k = 2; k <= 33; k++) {
      const far = Array.from({ length: k }, (_, c) => (c === k - 1 ? 1000 : 0));
      const masked = far.map((x) => (x === 0 ? -Infinity : 1));
      const { n, logits, labels } = batchOf([far.map(() => 5), far, masked]);
      const got = predict(simd.predictionsInto, new Float64Array(n), logits, labels, k);
      expect([...got.confidence]).toEqual([1 / k, 1, 1]);
    }
  });

  test("across the range of the exponential: each gap to the maximum from 0 to 800", () => {
    const gaps = Array.from({ length: 3200 }, (_, i) => -i / 4 - 1 / (i + 3));
    check(batchOf(gaps.map((gap) => [gap, 0, gap])));
    check(batchOf([[0, ...gaps.slice(0, 100)]]));
  });

  test("for NaN and infinities wherever they stand", () => {
    const special = [Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1];
    const rows = special.flatMap((a) => special.flatMap((b) => special.map((c) => [a, b, c, 0.5])));
    for (const width of [4, 3, 2, 1]) check(batchOf(rows.map((row) => row.slice(0, width))));
    check(batchOf([]));
  });

  test("a label that is no class is not correct, and neighbours do not mind", () => {
    const logits = Float32Array.from({ length: 15 }, (_, j) => Math.sin(j * j));
    for (const wrong of [-1, -2, 3, 1e9, -(2 ** 31)]) {
      for (const kernel of [simd.predictionsInto, predictionsInto]) {
        const best = Int32Array.of(1, 0, wrong, 0, 0);
        const { confidence, correct } = predict(kernel, new Float64Array(5), logits, best, 3);
        expect(correct[2]).toBe(0);
        expect(confidence.every((c) => c > 1 / 3)).toBe(true);
      }
    }
  });

  test("inputs stay as they are, and labels may be of any type", () => {
    const logits = Float32Array.from({ length: 400 }, (_, j) => Math.sin(j * j) * 9);
    const labels = Int32Array.from({ length: 100 }, (_, i) => i % 4);
    const before = [logits.slice(), labels.slice()];
    const wanted = predict(simd.predictionsInto, new Float64Array(100), logits, labels, 4);
    expect([logits, labels]).toEqual(before);
    for (const type of [Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint32Array]) {
      const own = type.from(labels);
      const got = predict(simd.predictionsInto, new Float64Array(100), logits, own, 4);
      expect(got).toEqual(wanted);
    }
  });

  test("Float64 logits go to the JavaScript kernel, bit for bit", () => {
    const logits = Float64Array.from({ length: 400 }, (_, j) => Math.cos(j) * 5);
    const run = (kernel: typeof predictionsInto) =>
      predict(kernel, new Float64Array(100), logits, new Uint8Array(100), 4);
    expect(run(simd.predictionsInto)).toEqual(run(predictionsInto));
  });
});
