import { checkChoice, type FloatArray, type IntegerArray, type Shape } from "@sd/math";
import { mceOf, rmsceOf } from "./bin-sums.ts";
import { type WeightedStatistic, weightedMean } from "./bootstrap.ts";
import { type BootstrapOptions, bootstrapInterval, type Estimate } from "./bootstrap-interval.ts";
import { type CalibrationOptions, checkBins, DEFAULT_BINS } from "./calibration.ts";
import { rocArea } from "./ranking.ts";
import { riskCoverageOf } from "./risk-coverage.ts";
import { checkedRows, type RowStatistics } from "./rows.ts";
import { weightedBins, weightedEce, weightedLevels, weightedSmoothError } from "./weighted.ts";

/** A metric whose interval {@link metricInterval} knows how to make. */
export type IntervalMetric =
  | "accuracy"
  | "negativeLogLikelihood"
  | "brierScore"
  | "areaUnderRoc"
  | "riskCoverage"
  | "expectedCalibrationError"
  | "rootMeanSquareCalibrationError"
  | "maximumCalibrationError"
  | "smoothCalibrationError";

const FORMS: Readonly<
  Record<IntervalMetric, (rows: RowStatistics, bins: number) => WeightedStatistic>
> = {
  accuracy: (rows) => weightedMean(rows.correct),
  negativeLogLikelihood: (rows) => weightedMean(rows.loss),
  brierScore: (rows) => weightedMean(rows.brier),
  areaUnderRoc: (rows) => weightedLevels(rows, rocArea),
  riskCoverage: (rows) => weightedLevels(rows, (levels) => riskCoverageOf(levels).area),
  expectedCalibrationError: weightedEce,
  rootMeanSquareCalibrationError: (rows, bins) => weightedBins(rows, bins, rmsceOf),
  maximumCalibrationError: (rows, bins) => weightedBins(rows, bins, mceOf),
  smoothCalibrationError: weightedSmoothError,
};

/** Options of {@link metricInterval}. */
export interface MetricIntervalOptions
  extends CalibrationOptions,
    Omit<BootstrapOptions, "range"> {}

/**
 * The bootstrap interval of a metric, by the method that suits it unless another is given.
 *
 * `percentile` for accuracy, likelihood, Brier score, the area under the ROC curve (confidence against
 * right rows) and under the risk–coverage curve; `basic`, clipped to [0, 1], for calibration errors,
 * whose resampled values are biased upwards. No interval of a calibration error tests whether a model
 * is calibrated: print {@link calibrationNullFloor} beside it. The smooth error is solved anew for each
 * resample, half a millisecond a row: ask for few.
 *
 * @param metric - The name of the function.
 * @param logits - `[n, k]`, n ≥ 1.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `seed`; `method`, `resamples`, `level`, `bins`, `temperature`.
 * @returns Value and interval.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { metricInterval } from "@sd/metrics";
 *
 * const logits = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0);
 * const labels = Int32Array.of(0, 0, 0, 1);
 * const { value, interval, method } = metricInterval("accuracy", logits, labels, [4, 2], { seed: 1 });
 * console.log(value, interval, method); // 0.75 [ 0.25, 1 ] percentile
 * ```
 */
export function metricInterval(
  metric: IntervalMetric,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: MetricIntervalOptions,
): Estimate {
  checkChoice("metricInterval", "metric", metric, Object.keys(FORMS) as IntervalMetric[]);
  const bins = checkBins("metricInterval", options.bins ?? DEFAULT_BINS);
  const rows = checkedRows("metricInterval", logits, labels, shape, options);
  const biased = metric.endsWith("CalibrationError");
  return bootstrapInterval(FORMS[metric](rows, bins), rows.n, {
    ...options,
    method: options.method ?? (biased ? "basic" : "percentile"),
    ...(biased ? { range: [0, 1] as const } : {}),
  });
}
