// Every twin against its JavaScript kernel, and against PyTorch.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { klDivergenceInto } from "../src/kernels.ts";
import fixture from "./fixtures/rows.json" with { type: "json" };
import { batches, batchOf, checkAll, checkRows, expectClose, simd, values } from "./twin-checks.ts";

describe("SIMD twins agree with the JavaScript kernels", () => {
  test("for random rows of every width, with masked classes and logits up to ±1e4", () => {
    fc.assert(fc.property(batches, checkAll));
  });

  test("at temperatures from 1e-3 to 1e4, and at those that have no inverse", () => {
    const temperature = fc.oneof(
      fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
      fc.constantFrom(Number.MIN_VALUE, 1e-305, 1e305, Number.MAX_VALUE, 0, Number.NaN),
    );
    fc.assert(fc.property(batches, temperature, checkRows));
  });

  test("across the range of the exponential: each gap to the maximum from 0 to 800", () => {
    const gaps = Array.from({ length: 3200 }, (_, i) => -i / 4 - 1 / (i + 3));
    checkAll(batchOf([[0, ...gaps]]));
    checkAll(batchOf(gaps.map((gap) => [gap, 0, gap])));
  });

  test("for one class, for no rows, for a thousand classes", () => {
    checkAll(batchOf([[3], [-1e4], [-Infinity]]));
    checkAll(batchOf([]));
    const wide = Array.from({ length: 1001 }, (_, c) => ((c * 37) % 101) / 5 - 10);
    checkAll(batchOf([wide, wide.map((x) => x * 1000), wide.map(() => 0)]));
  });

  test("for NaN and infinities wherever they stand, and in one row only", () => {
    const special = [Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1];
    const rows = special.flatMap((a) =>
      special.flatMap((b) => special.map((c) => [a, b, c, 0.5, 0.25])),
    );
    checkAll(batchOf(rows));
    checkAll(batchOf(rows.map((row) => row.slice(0, 4))));
    checkAll(batchOf(rows.map((row) => row.slice(0, 3))));
    checkAll(batchOf(special.map((x) => [x])));
    const neighbours = batchOf([
      [1, 2, 3],
      [Number.NaN, 2, 3],
      [1, 2, 3],
    ]);
    const out = values(9);
    simd.softmaxInto(out, neighbours.logits, 3, 3);
    expect(out.subarray(6)).toEqual(out.subarray(0, 3));
    expect(Number.isNaN(out[0])).toBe(false);
  });

  test("for targets that are all 0, in sound rows and in NaN rows", () => {
    const batch = batchOf([
      [1, 2, 3],
      [-Infinity, -Infinity, -Infinity],
      [Number.NaN, 0, 0],
    ]);
    checkAll({ ...batch, targets: new Float32Array(9) });
  });

  test("for a target where the class is masked: the loss is +∞", () => {
    const batch = batchOf([[1, -Infinity, 2]], [1]);
    const out = values(1);
    simd.softmaxCrossEntropyInto(out, null, batch.logits, batch.labels, 1, 3);
    expect(out[0]).toBe(Infinity);
    checkAll({ ...batch, targets: Float32Array.of(0.5, 0.1, 0.4) });
    checkAll({ ...batch, targets: Float32Array.of(0.5, 0, 0.5) });
  });

  test("the gradient of a saturated row keeps its small entries and its sum", () => {
    const grad = values(2);
    simd.softmaxCrossEntropyInto(values(1), grad, Float32Array.of(50, 0), Int32Array.of(0), 1, 2);
    expectClose(grad, Float32Array.of(-Math.exp(-50), Math.exp(-50)));
  });

  test("log-probabilities that do not sum to 1: u above 1, and u = 0 against v = 0", () => {
    const logU = [3, 200, 800, -Infinity, -100, -700, -720, -745, -745.2, -800, -720, Number.NaN];
    const logV = [1, -5, 0, ...new Array<number>(7).fill(-Infinity), -3, 0];
    const n = logU.length;
    const pairs = (x: readonly number[]): Float32Array =>
      Float32Array.from(x.flatMap((v) => [v, v]));
    const [got, wanted] = [values(n), values(n)];
    simd.klDivergenceInto(got, pairs(logU), pairs(logV), n, 2);
    klDivergenceInto(wanted, pairs(logU), pairs(logV), n, 2);
    expectClose(got, wanted, (i) => 2e-7 * Math.abs(wanted[i]!));
    expect([...wanted.subarray(5, 10)]).toEqual([Infinity, Infinity, Infinity, 0, 0]);
  });

  test("and with PyTorch as far as float32 logits can", () => {
    // Three rows: the others are so large that rounding them to float32 moves the results.
    const k = fixture.k;
    const rows = Float32Array.from(fixture.logits.slice(0, 3 * k) as number[]);
    const labels = Int32Array.from(fixture.labels);
    for (const [t, wanted] of Object.entries(fixture.temperatures)) {
      const [p, logP] = [values(3 * k), values(3 * k)];
      const [lse, entropy] = [values(3), values(3)];
      simd.softmaxInto(p, rows, 3, k, Number(t));
      simd.logSoftmaxInto(logP, rows, 3, k, Number(t));
      simd.logSumExpInto(lse, rows, 3, k, Number(t));
      simd.softmaxEntropyInto(entropy, rows, 3, k, Number(t));
      const tolerance = { rtol: 2e-6, atol: 2e-7 };
      expect(p).toBeAllclose(wanted.softmax.slice(0, 3 * k) as number[], tolerance);
      expect(logP).toBeAllclose(wanted.logSoftmax.slice(0, 3 * k) as number[], tolerance);
      expect(lse).toBeAllclose(wanted.logSumExp.slice(0, 3) as number[], tolerance);
      expect(entropy).toBeAllclose(wanted.entropy.slice(0, 3) as number[], tolerance);
    }
    const [value, grad] = [values(3), values(3 * k)];
    simd.softmaxCrossEntropyInto(value, grad, rows, labels, 3, k);
    expect(value).toBeAllclose(fixture.crossEntropy.value.slice(0, 3), { rtol: 2e-6, atol: 2e-7 });
    expect(grad).toBeAllclose(fixture.crossEntropy.grad.slice(0, 3 * k), { atol: 1e-6 });
  });
});
