import {
  DomainError,
  type FloatArray,
  type IntegerArray,
  mean,
  type Shape,
  softplus,
} from "@sd/math";
import { checkEstimator, type EntropyEstimator, entropyOfSorted } from "./differential-entropy.ts";
import { checkedRows, checkTwoClasses, type RowStatistics, type ScoreOptions } from "./rows.ts";

/** Options of {@link confidenceDiversity}. */
export interface ConfidenceDiversityOptions extends ScoreOptions {
  /**
   * Where the density is estimated: of the margins, then transformed, or of the probabilities
   * themselves, where rounding makes atoms at 1. @defaultValue "margin"
   */
  readonly space?: "margin" | "probability";
  /** @defaultValue "ebrahimi" */
  readonly estimator?: EntropyEstimator;
}

/** The spread of the probability of the true class over the data. */
export interface ConfidenceDiversity {
  /** Differential entropy in nats; may be −∞, NaN for too few rows. */
  readonly entropy: number;
  /** Variance of the probabilities, divisor n. */
  readonly variance: number;
  /** How many values equal an earlier one, in the space of the estimate. */
  readonly ties: number;
  /** The longest run of equal values in that space. */
  readonly longestTie: number;
  /** How many probabilities are exactly 0 or 1 in float64. */
  readonly atoms: number;
}

/** log dp/dm of p = sigmoid(m), that is log p + log(1 − p). */
export const logDensityRatio = (margin: number): number => -softplus(margin) - softplus(-margin);

function tiesOf(sorted: Float64Array): { ties: number; longestTie: number } {
  let [ties, run, longestTie] = [0, 0, 0];
  sorted.forEach((value, i) => {
    run = i > 0 && value === sorted[i - 1] ? run + 1 : 1;
    if (run > 1) ties++;
    longestTie = Math.max(longestTie, run);
  });
  return { ties, longestTie };
}

/** The variance of the true class's probability, divisor n. */
export function confidenceVariance(probability: Float64Array): number {
  const centre = mean(probability);
  return mean(probability.map((p) => (p - centre) ** 2));
}

export const trueClassOf = (rows: RowStatistics): Float64Array =>
  rows.loss.map((loss) => Math.exp(-loss));

/**
 * Confidence diversity: the differential entropy h(C) of the probability C = p_y of the true class.
 *
 * In margin space, `h(C) = h(M) + mean(log p_y + log(1 − p_y))` with the margin
 * `M = f_y − log Σ_{j≠y} exp f_j`: finite far into saturation, biased upwards by about 0.01 to 0.02.
 * In probability space the estimate is −∞ where ties fill a window, as saturated outputs do.
 *
 * @param logits - `[n, k]`, k ≥ 2.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `space`, `estimator`, `temperature`.
 * @returns Entropy with the variance, ties and atoms beside it.
 * @throws {@link DomainError} on one class or `histogram` in margin space; {@link ShapeError},
 * {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/2006.05065
 */
export function confidenceDiversity(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ConfidenceDiversityOptions = {},
): ConfidenceDiversity {
  const { space = "margin", estimator = "ebrahimi" } = options;
  checkEstimator("confidenceDiversity", estimator);
  const rows = checkedRows("confidenceDiversity", logits, labels, shape, options);
  checkTwoClasses("confidenceDiversity", rows.k);
  if (space === "margin" && estimator === "histogram") {
    throw new DomainError(
      "confidenceDiversity",
      "estimator",
      "not to be histogram in margin space",
    );
  }
  const probability = trueClassOf(rows);
  const sorted = (space === "margin" ? rows.margin : probability).slice().sort();
  const shift = space === "margin" ? mean(rows.margin.map(logDensityRatio)) : 0;
  return {
    entropy: entropyOfSorted(sorted, estimator) + shift,
    variance: confidenceVariance(probability),
    ...tiesOf(sorted),
    atoms: probability.filter((p) => p === 0 || p === 1).length,
  };
}
