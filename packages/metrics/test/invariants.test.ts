// What the order of rows, and seeing all of them twice, does to each metric; ties included.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rows, rows } from "../../../testing/arbitraries.ts";
import {
  accuracy,
  areaUnderRoc,
  brierDecomposition,
  brierScore,
  classwiseCalibrationError,
  confidenceDiversity,
  debiasedCalibrationError,
  equalMassCalibrationError,
  expectedCalibrationError,
  falsePositiveRateAt95,
  fitTemperature,
  maximumCalibrationError,
  metricInterval,
  negativeLogLikelihood,
  predictiveUncertainty,
  riskCoverage,
  rootMeanSquareCalibrationError,
  smoothCalibrationError,
  topKAccuracy,
} from "../src/index.ts";
import { checkedPredictions } from "../src/predictions.ts";
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

type Batch = Pick<Rows, "logits" | "labels" | "shape">;
type Metric = (batch: Batch) => number;

const of =
  (metric: (logits: Float64Array, labels: Int32Array, shape: readonly number[]) => number) =>
  ({ logits, labels, shape }: Batch): number =>
    metric(logits, labels, shape);

const ranked =
  (metric: typeof areaUnderRoc): Metric =>
  ({ logits, labels, shape }) => {
    const { confidence, correct } = checkedPredictions("test", logits, labels, shape);
    return metric(confidence, correct);
  };

/** Those that a second copy of every row leaves as they are. */
const STEADY: Record<string, Metric> = {
  accuracy: of(accuracy),
  topKAccuracy: of((f, y, s) => topKAccuracy(f, y, s, { top: 2 })),
  negativeLogLikelihood: of(negativeLogLikelihood),
  brierScore: of(brierScore),
  expectedCalibrationError: of(expectedCalibrationError),
  rootMeanSquareCalibrationError: of(rootMeanSquareCalibrationError),
  maximumCalibrationError: of(maximumCalibrationError),
  classwiseCalibrationError: of(classwiseCalibrationError),
  smoothCalibrationError: of(smoothCalibrationError),
  predictiveUncertainty: of(predictiveUncertainty),
  areaUnderRoc: ranked(areaUnderRoc),
  falsePositiveRateAt95: ranked(falsePositiveRateAt95),
  brierReliability: of((f, y, s) => brierDecomposition(f, y, s).reliability),
  temperature: of((f, y, s) => fitTemperature(f, y, s).temperature),
};

/** Those that it changes. */
const MOVED: Record<string, Metric> = {
  riskCoverage: of((f, y, s) => riskCoverage(f, y, s).area),
  // In 7 bins: 60 rows are cut elsewhere than 120.
  equalMassCalibrationError: of((f, y, s) => equalMassCalibrationError(f, y, s, { bins: 7 })),
  debiasedCalibrationError: of((f, y, s) => debiasedCalibrationError(f, y, s).squared),
  confidenceDiversity: of((f, y, s) => confidenceDiversity(f, y, s).entropy),
};

/** Rows of few distinct logits, so that confidences tie within a row and between rows. */
const tied = rows({ maxRows: 12, bound: 3 }).map((b) => ({
  ...b,
  logits: b.logits.map(Math.round),
}));

const reversed = ({ logits, labels, shape }: Batch): Batch => {
  const [n, k] = shape;
  return {
    logits: logits.map((_, j) => logits[(n - 1 - Math.floor(j / k)) * k + (j % k)]!),
    labels: labels.slice().reverse(),
    shape,
  };
};

const twice = ({ logits, labels, shape }: Batch): Batch => ({
  logits: Float64Array.of(...logits, ...logits),
  labels: Int32Array.of(...labels, ...labels),
  shape: [2 * shape[0], shape[1]],
});

const CLOSE = { rtol: 1e-11, atol: 1e-12 };
const slow = (name: string): number => (name === "smoothCalibrationError" ? 5 : 60);

describe.each(Object.entries({ ...STEADY, ...MOVED }))("%s", (name, metric) => {
  test("does not depend on the order of the rows, ties included", () => {
    fc.assert(
      fc.property(tied, (batch) => {
        expect(metric(reversed(batch))).toBeAllclose(metric(batch), CLOSE);
      }),
      { numRuns: slow(name) },
    );
  });
});

describe.each(Object.entries(STEADY))("%s", (name, metric) => {
  test("does not change when every row comes twice", () => {
    fc.assert(
      fc.property(tied, (batch) => {
        expect(metric(twice(batch))).toBeAllclose(metric(batch), CLOSE);
      }),
      { numRuns: slow(name) },
    );
  });
});

describe("every row twice", () => {
  const batch: Batch = { logits: LOGITS, labels: LABELS, shape: [SHAPE[0]!, SHAPE[1]!] };

  test.each(Object.entries(MOVED))("changes %s", (_, metric) => {
    expect(metric(twice(batch))).not.toBeCloseTo(metric(batch), 4);
  });

  test("makes intervals narrower", () => {
    const width = ({ logits, labels, shape }: Batch): number => {
      const options = { seed: 1, resamples: 500 };
      const { interval } = metricInterval("brierScore", logits, labels, shape, options);
      return interval![1] - interval![0];
    };
    expect(width(twice(batch)) / width(batch)).toBeAllclose(Math.SQRT1_2, { rtol: 0.2 });
  });
});
