// Which priors treat each row alone, and how they follow a new order of rows or classes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rows, rows, simplex } from "../../../testing/arbitraries.ts";
import {
  betaSmoothingPrior,
  classMeanPrior,
  labelSmoothingPrior,
  type Omega,
  pastPredictionPrior,
  smoothedTargets,
  softLabelPrior,
  teacherPrior,
  virtualTeacherPrior,
} from "../src/index.ts";

type Batch = Pick<Rows, "logits" | "labels"> & { readonly shape: readonly [number, number] };

const teacher =
  (omega: Omega) =>
  ({ logits, shape }: Batch): Float64Array =>
    teacherPrior(logits, shape, { beta: 1.5, temperature: 4, omega, bounds: [0.5, 20] });
/** Probabilities, and a draw, that depend on the row's logits alone. */
const soft = (batch: Batch): Float64Array => teacherPrior(batch.logits, batch.shape, { beta: 1 });
const drawn = (batch: Batch): Float64Array =>
  Float64Array.from({ length: batch.shape[0] }, (_, i) => {
    const row = soft(batch).subarray(i * batch.shape[1], (i + 1) * batch.shape[1]);
    return Math.min(1, Math.max(...row));
  });
/** [k, k] means that do not depend on the names of the classes. */
const means = (k: number): Float64Array =>
  Float64Array.from({ length: k * k }, (_, j) =>
    Math.floor(j / k) === j % k ? 0.5 : 0.5 / (k - 1),
  );

const PRIORS: Record<string, (batch: Batch) => Float64Array> = {
  labelSmoothing: ({ shape }) => labelSmoothingPrior(shape, { beta: 2 }),
  constant: teacher("constant"),
  raw: teacher("raw"),
  normalised: teacher("normalised"),
  clipped: teacher("clipped"),
  softLabel: (b) => softLabelPrior(soft(b), b.shape, { beta: 2 }),
  betaSmoothing: (b) => betaSmoothingPrior(drawn(b), b.labels, b.shape, { beta: 1.5 }),
  pastPrediction: (b) => pastPredictionPrior(soft(b), b.labels, b.shape, { epoch: 3, epochs: 10 }),
  classMean: (b) => classMeanPrior(means(b.shape[1]), b.labels, b.shape),
  virtualTeacher: (b) => virtualTeacherPrior(b.labels, b.shape, { beta: 1, temperature: 20 }),
};

const targets = (prior: (batch: Batch) => Float64Array, batch: Batch): Float64Array =>
  smoothedTargets(prior(batch), batch.labels, batch.shape).targets;

const CLOSE = { rtol: 1e-12, atol: 1e-15 };

describe.each(Object.entries(PRIORS))("%s", (_, prior) => {
  test("the targets of a batch are those of its rows", () => {
    fc.assert(
      fc.property(rows({ bound: 20 }), (batch) => {
        const { logits, labels, n, k } = batch;
        const parts = Array.from({ length: n }, (_, i) =>
          targets(prior, {
            logits: logits.slice(i * k, (i + 1) * k),
            labels: labels.slice(i, i + 1),
            shape: [1, k],
          }),
        );
        expect(targets(prior, batch)).toEqual(Float64Array.from(parts.flatMap((row) => [...row])));
      }),
    );
  });

  test("they follow a new order of rows and classes", () => {
    fc.assert(
      fc.property(rows({ bound: 20 }), fc.nat(), ({ logits, labels, n, k, shape }, turn) => {
        const from = (j: number): number =>
          ((Math.floor(j / k) + turn) % n) * k + (k - 1 - (j % k));
        const turned: Batch = {
          logits: logits.map((_, j) => logits[from(j)]!),
          labels: labels.map((_, i) => k - 1 - labels[(i + turn) % n]!),
          shape,
        };
        const plain = targets(prior, { logits, labels, shape });
        expect(targets(prior, turned)).toBeAllclose(
          plain.map((_, j) => plain[from(j)]!),
          CLOSE,
        );
      }),
    );
  });
});

test("a batch-normalised ω depends on the other rows", () => {
  const of = teacher("batchNormalised");
  const alone = of({ logits: Float64Array.of(9, 0), labels: Int32Array.of(0), shape: [1, 2] });
  const both = of({
    logits: Float64Array.of(9, 0, 1, 1),
    labels: Int32Array.of(0, 0),
    shape: [2, 2],
  });
  expect(both[0]! / alone[0]!).toBeGreaterThan(1.2);
});

test("float32 targets agree with float64 to half a unit in the last place", () => {
  fc.assert(
    fc.property(simplex(5), fc.nat(4), (s, y) => {
      const excess = softLabelPrior(s, [5], { beta: 1.5 });
      const labels = Int32Array.of(y);
      const double = smoothedTargets(excess, labels, [5]).targets;
      const out = new Float32Array(5);
      expect(smoothedTargets(excess, labels, [5], { out }).targets).toBeAllclose(double, {
        rtol: 2 ** -24,
        atol: 1e-45,
      });
    }),
  );
});
