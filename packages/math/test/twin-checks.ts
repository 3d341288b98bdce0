// Each SIMD kernel against its JavaScript twin on one batch, within the bounds that SimdKernels states.
import fc from "fast-check";
import { expect } from "vitest";
import * as plain from "../src/kernels.ts";
import type { SimdKernels } from "../src/simd/kernels.ts";
import { createSimdKernels } from "../src/simd/load.ts";

/** The twins, for batches of any size. */
export const simd: SimdKernels = await createSimdKernels("test", 0);

const MATRIX = [
  ["softmaxInto", plain.softmaxInto],
  ["logSoftmaxInto", plain.logSoftmaxInto],
] as const;
const REDUCTION = [
  ["logSumExpInto", plain.logSumExpInto],
  ["softmaxEntropyInto", plain.softmaxEntropyInto],
] as const;

/** The gap between two float32 numbers around x, subnormal ones included. */
const ulp = (x: number): number =>
  2 ** Math.max(-149, Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -149))) - 23);

/** Equal where not finite (NaN for NaN), else within 1 ulp of `wanted` and `slack(j)`. */
export function expectClose(
  got: Float32Array,
  wanted: Float32Array,
  slack: (j: number) => number = () => 0,
): void {
  expect(got.length).toBe(wanted.length);
  for (let j = 0; j < wanted.length; j++) {
    const [a, b] = [got[j]!, wanted[j]!];
    if (Object.is(a, b) || a === b) continue;
    const off = Math.abs(a - b);
    const bound = Math.max(ulp(a), ulp(b)) + slack(j);
    // A NaN on one side makes the comparison false.
    if (!(off <= bound)) expect.fail(`element ${j}: got ${a}, JavaScript ${b}, allowed ${bound}`);
  }
}

export interface Batch {
  readonly n: number;
  readonly k: number;
  readonly logits: Float32Array;
  readonly second: Float32Array;
  readonly targets: Float32Array;
  readonly labels: Int32Array;
  readonly weights: Float64Array;
  readonly cotangent: Float32Array;
}

/** Room for n results, which must all be overwritten. */
export const values = (n: number): Float32Array => new Float32Array(n).fill(7);

/** The kernels of softmax and its relatives. */
export function checkRows({ n, k, logits }: Batch, temperature?: number): void {
  for (const [name, kernel] of MATRIX) {
    const [got, wanted] = [values(n * k), values(n * k)];
    simd[name](got, logits, n, k, temperature);
    kernel(wanted, logits, n, k, temperature);
    expectClose(got, wanted, () => (name === "softmaxInto" ? 0 : k * 2 ** -51));
  }
  for (const [name, kernel] of REDUCTION) {
    const [got, wanted] = [values(n), values(n)];
    simd[name](got, logits, n, k, temperature);
    kernel(wanted, logits, n, k, temperature);
    expectClose(got, wanted, () => (name === "logSumExpInto" ? 3e-9 : k * 2 ** -51));
  }
}

function checkLabels(batch: Batch, scaled: boolean): void {
  const { n, k, logits, labels } = batch;
  const { weights, cotangent } = scaled ? batch : { weights: null, cotangent: null };
  const [got, wanted] = [values(n), values(n)];
  const [grad, wantedGrad] = [values(n * k), values(n * k)];
  simd.softmaxCrossEntropyInto(got, grad, logits, labels, n, k, weights, cotangent);
  plain.softmaxCrossEntropyInto(wanted, wantedGrad, logits, labels, n, k, weights, cotangent);
  expectClose(got, wanted, (i) => Math.abs(weights?.[i] ?? 1) * k * 2 ** -51);
  expectClose(grad, wantedGrad);
  const alone = values(n);
  simd.softmaxCrossEntropyInto(alone, null, logits, labels, n, k, weights, cotangent);
  expect(alone).toEqual(got);
}

function checkTargets(batch: Batch, scaled: boolean): void {
  const { n, k, logits, targets } = batch;
  const { weights, cotangent } = scaled ? batch : { weights: null, cotangent: null };
  const mass = Float64Array.from({ length: n }, (_, i) =>
    targets.subarray(i * k, i * k + k).reduce((a, b) => a + b, 0),
  );
  const weight = (i: number): number => Math.abs(weights?.[i] ?? 1);
  const p = new Float64Array(n * k);
  plain.softmaxInto(p, logits, n, k);
  const [got, wanted] = [values(n), values(n)];
  const [grad, wantedGrad] = [values(n * k), values(n * k)];
  simd.softTargetCrossEntropyInto(got, grad, logits, targets, n, k, weights, cotangent);
  plain.softTargetCrossEntropyInto(wanted, wantedGrad, logits, targets, n, k, weights, cotangent);
  expectClose(got, wanted, (i) => weight(i) * mass[i]! * k * 2 ** -51);
  expectClose(grad, wantedGrad, (j) => {
    const i = Math.floor(j / k);
    return 5e-9 * weight(i) * Math.abs(cotangent?.[i] ?? 1) * mass[i]! * p[j]!;
  });
  const alone = values(n);
  simd.softTargetCrossEntropyInto(alone, null, logits, targets, n, k, weights, cotangent);
  expect(alone).toEqual(got);
}

function checkDivergence({ n, k, logits, second }: Batch): void {
  const [u, v] = [new Float32Array(n * k), new Float32Array(n * k)];
  plain.logSoftmaxInto(u, logits, n, k);
  plain.logSoftmaxInto(v, second, n, k);
  const [got, wanted] = [values(n), values(n)];
  simd.klDivergenceInto(got, u, v, n, k);
  plain.klDivergenceInto(wanted, u, v, n, k);
  expectClose(got, wanted, (i) => {
    let terms = 0;
    for (let j = i * k; j < i * k + k; j++) {
      const p = Math.exp(u[j]!);
      if (p > 0) terms += p * Math.abs(u[j]! - v[j]!);
    }
    return 3e-9 * terms;
  });
}

/** Every kernel, with and without weights. */
export function checkAll(batch: Batch): void {
  checkRows(batch);
  for (const scaled of [false, true]) {
    checkLabels(batch, scaled);
    checkTargets(batch, scaled);
  }
  checkDivergence(batch);
}

/** Logits of every size, masked classes and whole masked rows. */
const logit = (bound: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.float({ min: -bound, max: bound, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(-Infinity) },
  );

/** Up to 5 rows of up to 13 classes, with targets, labels and weights. */
export const batches: fc.Arbitrary<Batch> = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 1, max: 13 }),
    fc.constantFrom(1, 30, 200, 10_000),
  )
  .chain(([n, k, bound]) => {
    const floats = (length: number, of: fc.Arbitrary<number>): fc.Arbitrary<Float32Array> =>
      fc.array(of, { minLength: length, maxLength: length }).map((x) => Float32Array.from(x));
    const target = fc.oneof(
      fc.constant(0),
      fc.float({ min: 0, max: 3, noNaN: true }),
      fc.constant(Math.fround(1e-30)),
    );
    return fc.record({
      n: fc.constant(n),
      k: fc.constant(k),
      logits: floats(n * k, logit(bound)),
      second: floats(n * k, logit(bound)),
      targets: floats(n * k, target),
      labels: fc
        .array(fc.integer({ min: 0, max: k - 1 }), { minLength: n, maxLength: n })
        .map((x) => Int32Array.from(x)),
      weights: floats(n, fc.float({ min: 0, max: 4, noNaN: true })).map((x) =>
        Float64Array.from(x),
      ),
      cotangent: floats(n, fc.float({ min: -4, max: 4, noNaN: true })),
    });
  });

/** A batch of one row after another of `rows`, all as long as the first. */
export function batchOf(rows: readonly (readonly number[])[], labels?: readonly number[]): Batch {
  const [n, k] = [rows.length, rows[0]?.length ?? 3];
  const logits = Float32Array.from(rows.flat());
  return {
    n,
    k,
    logits,
    second: logits.map((x, j) => (j % 3 === 0 ? x : -x)),
    targets: logits.map((_, j) => (j * 7) % 3),
    labels: Int32Array.from(labels ?? rows.map((_, i) => i % k)),
    weights: Float64Array.from(rows, (_, i) => i / 2),
    cotangent: Float32Array.from(rows, (_, i) => 1 - i),
  };
}
