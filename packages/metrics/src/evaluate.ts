import {
  checkLabels,
  checkLogits,
  DomainError,
  type FloatArray,
  type IntegerArray,
  type Shape,
} from "@sd/math";
import {
  bootstrap,
  ones,
  type ResampleOptions,
  type WeightedStatistic,
  weightedMean,
} from "./bootstrap.ts";
import { type Estimate, type IntervalMethod, intervalOf } from "./bootstrap-interval.ts";
import { checkBins, DEFAULT_BINS } from "./calibration.ts";
import { trueClassOf } from "./confidence-diversity.ts";
import { checkTemperature, checkTwoClasses, rowStatistics } from "./rows.ts";
import { weightedDiversity, weightedEce, weightedVariance } from "./weighted.ts";

/** Options of {@link evaluateClassifier}. */
export interface EvaluationOptions {
  /** Fitted on other data; adds `nllScaled` and `eceScaled`. */
  readonly temperature?: number;
  /** Bins of the calibration errors. @defaultValue 15 */
  readonly bins?: number;
  /** Adds an interval to every value. */
  readonly bootstrap?: ResampleOptions;
}

/** The metrics of one model on one data set. */
export interface ClassifierEvaluation {
  readonly accuracy: Estimate;
  /** Mean negative log-likelihood, nats. */
  readonly nll: Estimate;
  /** Summed over classes. */
  readonly brier: Estimate;
  /** Expected calibration error. */
  readonly ece: Estimate;
  /** `nll` at the given temperature. */
  readonly nllScaled?: Estimate;
  /** `ece` at the given temperature. */
  readonly eceScaled?: Estimate;
  /** Mean entropy of the predictions, nats. */
  readonly predictiveUncertainty: Estimate;
  /** Differential entropy of the true class's probability, margin space, nats. */
  readonly confidenceDiversity: Estimate;
  /** Variance of the true class's probability, divisor n. */
  readonly confidenceVariance: Estimate;
}

interface Plan {
  readonly statistic: WeightedStatistic;
  readonly method: IntervalMethod;
  readonly range?: readonly [number, number];
}

// Resampled calibration errors and spacings are biased: rows that repeat look like structure.
const calibration = (statistic: WeightedStatistic): Plan => ({
  statistic,
  method: "basic",
  range: [0, 1],
});

const average = (values: ArrayLike<number>): Plan => ({
  statistic: weightedMean(values),
  method: "percentile",
});

function plansOf(
  logits: FloatArray,
  labels: IntegerArray,
  { n, k }: { readonly n: number; readonly k: number },
  { temperature, bins = DEFAULT_BINS }: EvaluationOptions,
): Record<string, Plan> {
  const rows = rowStatistics(logits, labels, n, k);
  const scaled =
    temperature === undefined ? null : rowStatistics(logits, labels, n, k, temperature);
  return {
    accuracy: average(rows.correct),
    nll: average(rows.loss),
    brier: average(rows.brier),
    ece: calibration(weightedEce(rows, bins)),
    ...(scaled
      ? { nllScaled: average(scaled.loss), eceScaled: calibration(weightedEce(scaled, bins)) }
      : {}),
    predictiveUncertainty: average(rows.entropy),
    confidenceDiversity: { statistic: weightedDiversity(rows), method: "basic" },
    confidenceVariance: { statistic: weightedVariance(trueClassOf(rows)), method: "percentile" },
  };
}

/**
 * All usual metrics of a classifier, with bootstrap intervals on shared resamples.
 *
 * Intervals are `percentile`, but `basic` for the calibration errors and the confidence diversity,
 * whose resampled values are biased. They cover the sampling of rows at the given temperature, not
 * training seeds, nor the fit of the temperature.
 *
 * @param logits - `[n, k]`, k ≥ 2, n ≥ 1.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `bins`, `bootstrap`.
 * @returns Values, with intervals where `bootstrap` is given.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function evaluateClassifier(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: EvaluationOptions = {},
): ClassifierEvaluation {
  const { n, k } = checkLogits("evaluateClassifier", logits, shape);
  checkLabels("evaluateClassifier", labels, n, k, shape);
  checkTwoClasses("evaluateClassifier", k);
  if (n === 0) throw new DomainError("evaluateClassifier", "shape", "to have at least one row");
  checkBins("evaluateClassifier", options.bins ?? DEFAULT_BINS);
  if (options.temperature !== undefined)
    checkTemperature("evaluateClassifier", options.temperature);
  const plans = Object.entries(plansOf(logits, labels, { n, k }, options));
  const samples = options.bootstrap
    ? bootstrap(
        Object.fromEntries(plans.map(([name, { statistic }]) => [name, statistic])),
        n,
        options.bootstrap,
      )
    : undefined;
  const estimates = plans.map(([name, { statistic, method, range }]): [string, Estimate] => {
    const value = statistic(ones(n));
    if (!samples) return [name, { value, method: "none" }];
    const interval = intervalOf(method, samples[name]!, { value, ...(range ? { range } : {}) });
    return [name, { value, interval, method }];
  });
  return Object.fromEntries(estimates) as unknown as ClassifierEvaluation;
}
