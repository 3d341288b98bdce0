// The SIMD twin of teacherCrossEntropyInto against the JavaScript kernel, within its stated bound.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { softmaxInto, teacherCrossEntropyInto } from "../src/kernels.ts";
import { type Batch, batches, batchOf, expectClose, simd, values } from "./twin-checks.ts";

const magnitude = (x: Float64Array | Float32Array | null, i: number): number =>
  Math.abs(x?.[i] ?? 1);

/** With and without weights; the value alone must be that with a gradient. */
function check(batch: Batch, h: number, temperature: number, scaled: boolean): void {
  const { n, k, logits, labels, second } = batch;
  const { weights, cotangent } = scaled ? batch : { weights: null, cotangent: null };
  const settings = [n, k, h, temperature, weights, cotangent] as const;
  const [got, grad] = [values(n), values(n * k)];
  const [wanted, wantedGrad] = [values(n), values(n * k)];
  simd.teacherCrossEntropyInto(got, grad, logits, labels, second, ...settings);
  teacherCrossEntropyInto(wanted, wantedGrad, logits, labels, second, ...settings);
  expectClose(got, wanted, (i) => magnitude(weights, i) * k * 2 ** -51);
  const [p, q] = [new Float64Array(n * k), new Float64Array(n * k)];
  softmaxInto(p, logits, n, k);
  softmaxInto(q, second, n, k, temperature);
  expectClose(grad, wantedGrad, (j) => {
    const i = Math.floor(j / k);
    const terms = p[j]! + (1 - h) * (q[j]! || 0);
    return 5e-9 * magnitude(weights, i) * magnitude(cotangent, i) * terms;
  });
  const alone = values(n);
  simd.teacherCrossEntropyInto(alone, null, logits, labels, second, ...settings);
  expect(alone).toEqual(got);
}

function checkBoth(batch: Batch, h: number, temperature: number): void {
  for (const scaled of [false, true]) check(batch, h, temperature, scaled);
}

const weight = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1));

describe("the SIMD twin of teacherCrossEntropyInto agrees with the JavaScript kernel", () => {
  test("for random rows of every width, weight and temperature", () => {
    const temperature = fc.oneof(
      fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
      fc.constantFrom(1, 4, 1e-305, 1e305, Number.MAX_VALUE),
    );
    fc.assert(fc.property(batches, weight, temperature, checkBoth));
  });

  test("across the range of both exponentials, a masked class among them", () => {
    const gaps = Array.from({ length: 1600 }, (_, i) => -i / 2 - 1 / (i + 3));
    const rows = gaps.map((gap) => [0, gap, -Infinity]);
    const batch = batchOf(rows, new Array<number>(rows.length).fill(0));
    // The teacher asks for the masked class by every probability from 1 to below the smallest.
    const second = Float32Array.from(gaps.flatMap((gap) => [0, -3, gap]));
    for (const h of [0, 0.5]) checkBoth({ ...batch, second }, h, 1);
    checkBoth(batchOf([[0, ...gaps]]), 0.3, 2);
  });

  test("where every row has masked classes that the teacher has masked too", () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 5, -Infinity, 1, -Infinity, -i, 2, 0]);
    const batch = batchOf(rows, new Array<number>(rows.length).fill(0));
    checkBoth({ ...batch, second: batch.logits }, 0.6, 4);
    const out = values(40);
    const { logits, labels } = batch;
    simd.teacherCrossEntropyInto(out, null, logits, labels, logits, 40, 7, 0.6, 4);
    expect(out.every(Number.isFinite)).toBe(true);
  });

  test("for NaN and infinities on either side, and in one row only", () => {
    const special = [Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1];
    const rows = special.flatMap((a) => special.flatMap((b) => special.map((c) => [a, b, c, 0.5])));
    for (const width of [4, 3, 2]) {
      const batch = batchOf(rows.map((row) => row.slice(0, width)));
      for (const h of [0, 0.3, 1]) {
        checkBoth(batch, h, 2);
        checkBoth({ ...batch, second: batch.logits.map(() => 1) }, h, 2);
        checkBoth({ ...batch, logits: batch.logits.map(() => 1), second: batch.logits }, h, 2);
      }
    }
  });

  test("for one class, for no rows, for a thousand and one classes", () => {
    checkBoth(batchOf([[3], [-1e4]]), 0.5, 2);
    checkBoth(batchOf([]), 0.5, 2);
    const wide = Array.from({ length: 1001 }, (_, c) => ((c * 37) % 101) / 5 - 10);
    checkBoth(batchOf([wide, wide.map((x) => x * 1000), wide.map(() => 0)]), 0.4, 3);
  });

  test("in place, and a label that is no class makes its row NaN only", () => {
    const [n, k] = [5, 5];
    const logits = Float32Array.from({ length: n * k }, (_, j) => Math.sin(j * j) * 9);
    const teacher = logits.map((x) => -x);
    const labels = Int32Array.of(0, 4, 2, 1, 3);
    const grad = values(n * k);
    simd.teacherCrossEntropyInto(values(n), grad, logits, labels, teacher, n, k, 0.5, 2);
    const own = logits.slice();
    simd.teacherCrossEntropyInto(values(n), own, own, labels, teacher, n, k, 0.5, 2);
    expect(own).toEqual(grad);
    const wrong = Int32Array.from(labels, (y, i) => (i === 1 ? 1e9 : y));
    const [value, other] = [values(n), values(n * k)];
    simd.teacherCrossEntropyInto(value, other, logits, wrong, teacher, n, k, 0.5, 2);
    expect(Array.from(value, Number.isNaN)).toEqual([false, true, false, false, false]);
    expect(Array.from(other.subarray(k, 2 * k), Number.isNaN)).toEqual(new Array(k).fill(true));
    expect(other.subarray(2 * k)).toEqual(grad.subarray(2 * k));
    // Weight 0 reads no label at all.
    const [a, b] = [values(n), values(n)];
    simd.teacherCrossEntropyInto(a, null, logits, wrong, teacher, n, k, 0, 2);
    simd.teacherCrossEntropyInto(b, null, logits, labels, teacher, n, k, 0, 2);
    expect(a).toEqual(b);
  });

  test("Float64Arrays on either side go to the JavaScript kernel, bit for bit", () => {
    const [n, k] = [32, 5];
    const wide = Float64Array.from({ length: n * k }, (_, j) => Math.cos(j) * 5);
    const [single, labels] = [Float32Array.from(wide), new Int32Array(n)];
    const run = (kernel: typeof teacherCrossEntropyInto, f: typeof wide | typeof single) => {
      const out = new Float32Array(n);
      const grad = new Float64Array(n * k);
      kernel(out, grad, f, labels, wide, n, k, 0.5, 2);
      return { out, grad };
    };
    for (const f of [wide, single]) {
      expect(run(simd.teacherCrossEntropyInto, f)).toEqual(run(teacherCrossEntropyInto, f));
    }
  });
});
