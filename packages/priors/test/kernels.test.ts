// The unchecked kernels do what the checked functions do, and the fused one what two of them do.
import { softmax } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { betaSmoothingPrior, smoothedTargets, teacherPrior } from "../src/index.ts";
import {
  betaSmoothingPriorInto,
  betaSmoothingTargetsInto,
  scaledSoftmaxInto,
  smoothedTargetsInto,
} from "../src/kernels.ts";

const batches = fc.tuple(
  rows({ bound: 20 }).filter(({ k }) => k >= 2),
  fc.double({ min: 0, max: 8, noNaN: true }),
  fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
);

describe("kernels", () => {
  test("betaSmoothingTargetsInto is smoothedTargets of the prior, for labels and soft labels", () => {
    fc.assert(
      fc.property(batches, ([{ logits, labels, shape, n, k }, beta, stream]) => {
        const b = Float64Array.from({ length: n }, () => stream.next().value!);
        for (const y of [labels, softmax(logits, shape)]) {
          const excess = betaSmoothingPrior(b, y, shape, { beta });
          const { targets } = smoothedTargets(excess, y, shape);
          const out = new Float64Array(n * k).fill(Number.NaN);
          betaSmoothingTargetsInto(out, b, null, y, n, k, beta);
          expect(out).toBeAllclose(targets, { rtol: 1e-13, atol: 1e-16 });
          const complement = b.map((v) => 1 - v);
          const same = new Float64Array(n * k);
          betaSmoothingTargetsInto(same, b, complement, y, n, k, beta);
          expect(same).toEqual(out);
          betaSmoothingPriorInto(same, b, null, y, n, k, beta);
          expect(same).toEqual(excess);
        }
      }),
    );
  });

  test("smoothedTargetsInto needs no place for the masses and may write over the excess", () => {
    fc.assert(
      fc.property(batches, ([{ logits, labels, shape, n, k }, beta]) => {
        const excess = teacherPrior(logits, shape, { beta });
        for (const y of [labels, softmax(logits, shape)]) {
          const { targets, mass } = smoothedTargets(excess, y, shape);
          const massOut = new Float64Array(n);
          const out = excess.slice();
          smoothedTargetsInto(out, massOut, out, y, n, k);
          expect(out).toEqual(targets);
          expect(massOut).toEqual(mass);
          out.set(excess);
          smoothedTargetsInto(out, null, out, y, n, k);
          expect(out).toEqual(targets);
        }
      }),
    );
  });

  test("scaledSoftmaxInto is each row's softmax times its scale, in place as well", () => {
    fc.assert(
      fc.property(batches, ([{ logits, shape, n, k }, temperature]) => {
        const T = temperature + 0.5;
        const scales = Float64Array.from({ length: n }, (_, i) => i);
        const q = softmax(logits, shape, { temperature: T });
        const expected = q.map((v, j) => v * scales[Math.floor(j / k)]!);
        const out = Float64Array.from(logits);
        scaledSoftmaxInto(out, out, scales, n, k, T);
        expect(out).toBeAllclose(expected, { rtol: 1e-14 });
      }),
    );
  });
});
