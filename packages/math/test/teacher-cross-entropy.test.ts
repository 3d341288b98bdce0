// The fused loss of distillation against what it is made of: two cross-entropies and a softmax.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  softmaxCrossEntropyInto,
  softmaxInto,
  softTargetCrossEntropyInto,
  teacherCrossEntropyInto,
} from "../src/kernels.ts";
import { type Batch, batches } from "./twin-checks.ts";

interface Result {
  readonly value: Float64Array;
  readonly grad: Float64Array;
}

const room = (n: number, k: number): Result => ({
  value: new Float64Array(n),
  grad: new Float64Array(n * k),
});

function fused({ n, k, logits, labels, second }: Batch, h: number, temperature: number): Result {
  const { value, grad } = room(n, k);
  teacherCrossEntropyInto(value, grad, logits, labels, second, n, k, h, temperature);
  return { value, grad };
}

/** The soft term alone, with targets that were made first. */
function softTerm({ n, k, logits, second }: Batch, temperature: number): Result {
  const { value, grad } = room(n, k);
  const q = new Float64Array(n * k);
  softmaxInto(q, second, n, k, temperature);
  softTargetCrossEntropyInto(value, grad, logits, q, n, k);
  return { value, grad };
}

function hardTerm({ n, k, logits, labels }: Batch): Result {
  const { value, grad } = room(n, k);
  softmaxCrossEntropyInto(value, grad, logits, labels, n, k);
  return { value, grad };
}

/** One row of each. */
const row = (logits: number[], teacher: number[], label: number): Batch =>
  ({
    n: 1,
    k: logits.length,
    logits: Float64Array.from(logits),
    second: Float64Array.from(teacher),
    labels: Int32Array.of(label),
  }) as unknown as Batch;

const temperatures = fc.double({ min: 0.5, max: 20, noNaN: true });
const within = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe("teacherCrossEntropyInto", () => {
  test("by hand: uniform logits cost log k whatever the teacher says", () => {
    const { value, grad } = fused(row([1, 1], [3, 3 - 4 * Math.log(3)], 1), 0.6, 4);
    expect(value).toBeAllclose([Math.LN2], { rtol: 1e-15 });
    // q = [3/4, 1/4], so the gradient is ½ − 0.4 · ¾ and ½ − 0.6 − 0.4 · ¼.
    expect(grad).toBeAllclose([0.2, -0.2], { rtol: 1e-15 });
  });

  test("is the weighted sum of both terms, wherever they are finite", () => {
    fc.assert(
      fc.property(batches, within, temperatures, (batch, h, temperature) => {
        const { value, grad } = fused(batch, h, temperature);
        const [hard, soft] = [hardTerm(batch), softTerm(batch, temperature)];
        const sum = (a: Float64Array, b: Float64Array): Float64Array =>
          a.map((x, j) => h * x + (1 - h) * b[j]!);
        expect(value).toBeAllclose(sum(hard.value, soft.value), { rtol: 1e-13, atol: 1e-15 });
        expect(grad).toBeAllclose(sum(hard.grad, soft.grad), { atol: 1e-14 });
      }),
    );
  });

  test("gradient rows sum to 0", () => {
    fc.assert(
      fc.property(batches, within, temperatures, (batch, h, temperature) => {
        const { grad } = fused(batch, h, temperature);
        for (let i = 0; i < batch.n; i++) {
          const sum = grad.subarray(i * batch.k, (i + 1) * batch.k).reduce((a, b) => a + b, 0);
          if (!Number.isNaN(sum)) expect(sum).toBeAllclose(0, { atol: 1e-14 });
        }
      }),
    );
  });

  test("weight 1 is cross-entropy bit for bit, also where the teacher is NaN", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const teacher = batch.second.map(() => Number.NaN);
        expect(fused({ ...batch, second: teacher }, 1, 2)).toEqual(hardTerm(batch));
      }),
    );
  });

  test("weight 0 reads no label, also where the label's class is masked", () => {
    const batch = row([0, -Infinity], [0, -Infinity], 1);
    expect(fused(batch, 0, 1)).toEqual({ value: Float64Array.of(0), grad: new Float64Array(2) });
    expect(fused({ ...batch, labels: new Int32Array(0) }, 0, 1).value[0]).toBe(0);
    expect(fused(batch, 0.5, 1).value[0]).toBe(Infinity);
  });

  test("a masked class costs +∞ exactly where the teacher's probability is above 0", () => {
    const of = (gap: number): number => fused(row([0, -Infinity], [0, gap], 0), 0.5, 1).value[0]!;
    expect([0, -700, -740, -745].map(of)).toEqual([Infinity, Infinity, Infinity, Infinity]);
    expect([-746, -1e4, -Infinity].map(of)).toEqual([0, 0, 0]);
    expect(fused(row([0, -Infinity], [0, -1e4], 0), 0.5, 1).grad).toEqual(new Float64Array(2));
  });

  test("NaN on either side stays in its row", () => {
    const batch = {
      ...row([1, 2, Number.NaN, 0, 3, 1], [1, 0, 0, 0, Number.NaN, 1], 0),
      ...{ n: 3, k: 2, labels: Int32Array.of(0, 1, 1) },
    };
    const { value, grad } = fused(batch, 0.5, 2);
    expect(Array.from(value, Number.isNaN)).toEqual([false, true, true]);
    expect(Array.from(grad, Number.isNaN)).toEqual([false, false, true, true, true, true]);
  });

  test("weights scale values, weights · cotangent the gradient; gradOut may be an input", () => {
    fc.assert(
      fc.property(batches, within, (batch, h) => {
        const { n, k, logits, labels, second, weights, cotangent } = batch;
        const plain = fused(batch, h, 3);
        for (const input of [logits, second]) {
          const [student, teacher] = [Float64Array.from(logits), Float64Array.from(second)];
          const grad = input === logits ? student : teacher;
          const value = new Float64Array(n);
          const scaling = [weights, cotangent] as const;
          teacherCrossEntropyInto(value, grad, student, labels, teacher, n, k, h, 3, ...scaling);
          expect(value).toBeAllclose(plain.value.map((x, i) => x * weights[i]!));
          const scale = (j: number): number => {
            const i = Math.floor(j / k);
            return weights[i]! * cotangent[i]!;
          };
          expect(grad).toBeAllclose(
            plain.grad.map((x, j) => x * scale(j)),
            { rtol: 1e-14 },
          );
        }
      }),
    );
  });

  test("without gradient the value is the same", () => {
    fc.assert(
      fc.property(batches, within, (batch, h) => {
        const { n, k, logits, labels, second } = batch;
        const alone = new Float64Array(n);
        teacherCrossEntropyInto(alone, null, logits, labels, second, n, k, h, 2);
        expect(alone).toEqual(fused(batch, h, 2).value);
      }),
    );
  });
});
