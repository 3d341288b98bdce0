// What the twins read and write: their memory, in-place calls, labels of every type.
import { describe, expect, test } from "vitest";
import { softmaxInto } from "../src/kernels.ts";
import { createSimdKernels } from "../src/simd/load.ts";
import { expectClose, simd, values } from "./twin-checks.ts";

describe("SIMD twins", () => {
  const [n, k] = [5, 5];
  const logits = Float32Array.from({ length: n * k }, (_, j) => Math.sin(j * j) * 9);
  const labels = Int32Array.of(0, 4, 2, 1, 3);

  test("may write where they read, and leave what lies behind n · k alone", () => {
    const wanted = values(n * k);
    simd.softmaxInto(wanted, logits, n, k);
    const inPlace = new Float32Array(n * k + 3).fill(9);
    inPlace.set(logits);
    simd.softmaxInto(inPlace, inPlace, n, k);
    expect(inPlace.subarray(0, n * k)).toEqual(wanted);
    expect([...inPlace.subarray(n * k)]).toEqual([9, 9, 9]);

    const grad = values(n * k);
    simd.softmaxCrossEntropyInto(values(n), grad, logits, labels, n, k);
    const own = logits.slice();
    simd.softmaxCrossEntropyInto(values(n), own, own, labels, n, k);
    expect(own).toEqual(grad);
  });

  test("do not change their inputs", () => {
    const before = logits.slice();
    simd.softmaxCrossEntropyInto(values(n), values(n * k), logits, labels, n, k);
    simd.logSoftmaxInto(values(n * k), logits, n, k);
    expect(logits).toEqual(before);
  });

  test("take labels of every integer type; one that is no class makes its row NaN only", () => {
    const grad = values(n * k);
    simd.softmaxCrossEntropyInto(values(n), grad, logits, labels, n, k);
    for (const type of [Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint32Array]) {
      const other = values(n * k);
      simd.softmaxCrossEntropyInto(values(n), other, logits, type.from(labels), n, k);
      expect(other).toEqual(grad);
    }
    for (const wrong of [-1, -2, -100, k, 1e9, -(2 ** 31)]) {
      const [value, other] = [values(n), values(n * k)];
      const mixed = Int32Array.from(labels, (y, i) => (i === 1 ? wrong : y));
      simd.softmaxCrossEntropyInto(value, other, logits, mixed, n, k);
      expect(Array.from(value, Number.isNaN)).toEqual([false, true, false, false, false]);
      expect(other.subarray(2 * k)).toEqual(grad.subarray(2 * k));
    }
    const after = values(n * k);
    simd.softmaxCrossEntropyInto(values(n), after, logits, labels, n, k);
    expect(after).toEqual(grad);
  });

  test("keep their results when the memory grows and the shape changes in between", async () => {
    const fresh = await createSimdKernels("test", 0);
    const small = values(n * k);
    fresh.softmaxInto(small, logits, n, k);
    // 8 MB of logits: far above the pages that the small batch took.
    const large = new Float32Array(2000 * 1000).map((_, j) => (j % 17) - 8);
    const [got, wanted] = [new Float32Array(large.length), new Float32Array(large.length)];
    fresh.softmaxInto(got, large, 2000, 1000);
    softmaxInto(wanted, large, 2000, 1000);
    expectClose(got, wanted);
    const again = values(n * k);
    fresh.softmaxInto(again, logits, n, k);
    expect(again).toEqual(small);
  });
});
