import { describe, expect, test } from "vitest";
import {
  accuracy,
  areaUnderRoc,
  bootstrap,
  brierScore,
  expectedCalibrationError,
  type IntervalMetric,
  maximumCalibrationError,
  metricInterval,
  negativeLogLikelihood,
  riskCoverage,
  rootMeanSquareCalibrationError,
  smoothCalibrationError,
} from "../src/index.ts";
import { checkedPredictions } from "../src/predictions.ts";
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

type Rows = readonly [Float64Array, Int32Array, readonly number[]];

const METRICS: Record<IntervalMetric, (...rows: Rows) => number> = {
  accuracy,
  negativeLogLikelihood,
  brierScore,
  expectedCalibrationError,
  rootMeanSquareCalibrationError,
  maximumCalibrationError,
  smoothCalibrationError,
  areaUnderRoc: (...rows) => {
    const { confidence, correct } = checkedPredictions("test", ...rows);
    return areaUnderRoc(confidence, correct);
  },
  riskCoverage: (...rows) => riskCoverage(...rows).area,
};

const [n, k] = [60, SHAPE[1]!];
const logits = LOGITS.slice(0, n * k);
const labels = LABELS.slice(0, n);
const shape = [n, k];

describe.each(Object.entries(METRICS))("%s", (name, metric) => {
  const options = { seed: 1, resamples: name === "smoothCalibrationError" ? 40 : 200 };
  const metricName = name as IntervalMetric;

  test("the value is the metric's, and lies in a percentile interval of itself or near", () => {
    const { value, interval, method } = metricInterval(metricName, logits, labels, shape, options);
    expect(value).toBeAllclose(metric(logits, labels, shape), { rtol: 1e-12, atol: 1e-14 });
    expect(method).toBe(name.endsWith("CalibrationError") ? "basic" : "percentile");
    expect(interval![0]).toBeLessThan(interval![1]);
    expect(interval![0]).toBeGreaterThanOrEqual(0);
  });

  test("resampled values are those of resampled rows", () => {
    // One resample: both ends of the percentile interval are its value.
    const one = { seed: 3, resamples: 1, method: "percentile" } as const;
    const { interval } = metricInterval(metricName, logits, labels, shape, one);
    const drawn = drawRows(3);
    const values = Float64Array.from(drawn.flatMap((i) => [...logits.subarray(i * k, i * k + k)]));
    const expected = metric(
      values,
      Int32Array.from(drawn, (i) => labels[i]!),
      shape,
    );
    expect(interval![0]).toBe(interval![1]);
    expect(interval![0]).toBeAllclose(expected, { rtol: 1e-12, atol: 1e-13 });
  });
});

/** The rows of the first resample of a seed, as often as they are drawn. */
function drawRows(seed: number): number[] {
  const rows: number[] = [];
  bootstrap(
    {
      rows: (weights) => {
        weights.forEach((weight, i) => {
          for (let w = 0; w < weight; w++) rows.push(i);
        });
        return 0;
      },
    },
    n,
    { seed, resamples: 1 },
  );
  return rows;
}

test("an unknown metric, no row and bad bins are refused", () => {
  const options = { seed: 1 };
  expect(() => metricInterval("other" as never, logits, labels, shape, options)).toThrow("metric");
  const [none, empty] = [new Float64Array(0), new Int32Array(0)];
  expect(() => metricInterval("accuracy", none, empty, [0, k], options)).toThrow(
    expect.objectContaining({ argument: "n" }),
  );
  expect(() =>
    metricInterval("expectedCalibrationError", logits, labels, shape, { seed: 1, bins: 0 }),
  ).toThrow("bins");
});
