import {
  checkLogits,
  type FloatArray,
  type IntegerArray,
  logSoftmax,
  mean,
  type Shape,
  ShapeError,
} from "@sd/math";
import { klDivergenceInto, softmaxEntropyInto } from "@sd/math/kernels";
import { applyTemperature } from "./apply-temperature.ts";
import { checkedRows, checkTemperature, type ScoreOptions } from "./rows.ts";

/**
 * Predictive uncertainty: the mean entropy of the predicted distributions, `(1/n) Σ H(p_i)`, in nats.
 *
 * @param logits - `[n, k]`.
 * @param _labels - Not used; every metric has the same arguments.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`.
 * @returns In [0, log k]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/2006.05065
 *
 * @example
 * ```ts
 * import { predictiveUncertainty } from "@sd/metrics";
 *
 * console.log(predictiveUncertainty(new Float32Array(4), Int32Array.of(0), [1, 4]) === Math.log(4)); // true
 * ```
 */
export function predictiveUncertainty(
  logits: FloatArray,
  _labels: IntegerArray | null,
  shape: Shape,
  { temperature = 1 }: ScoreOptions = {},
): number {
  const { n, k } = checkLogits("predictiveUncertainty", logits, shape);
  checkTemperature("predictiveUncertainty", temperature);
  const entropy = new Float64Array(n);
  softmaxEntropyInto(entropy, applyTemperature(logits, shape, temperature), n, k);
  return mean(entropy);
}

/**
 * The probability that each row gives to its label, `p_y`.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`.
 * @returns `[n]`, in [0, 1].
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function trueClassProbabilities(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ScoreOptions = {},
): Float64Array {
  const { loss } = checkedRows("trueClassProbabilities", logits, labels, shape, options);
  return loss.map((value) => Math.exp(-value));
}

/** The parts of an ensemble's uncertainty, means over rows, in nats. */
export interface EnsembleUncertainty {
  /** Entropy of the mean prediction. */
  readonly total: number;
  /** Mean entropy of the members' predictions. */
  readonly expected: number;
  /** total − expected, the mean KL of a member from the mean prediction. */
  readonly mutualInformation: number;
}

/**
 * Splits the uncertainty of an ensemble: total entropy `H(p̄)`, expected entropy `(1/M) Σ H(p^m)`,
 * mutual information `(1/M) Σ KL(p^m ‖ p̄)`.
 *
 * @param members - M arrays of logits, `[n, k]` each.
 * @param shape - The last axis is the class axis.
 * @returns Means over rows; the mutual information is in [0, min(log M, log k)], 0 for one member.
 * @throws {@link ShapeError} if there is no member or one has another length.
 * @see https://arxiv.org/abs/1112.5745
 */
export function ensembleUncertainty(
  members: readonly FloatArray[],
  shape: Shape,
): EnsembleUncertainty {
  if (members.length === 0) {
    throw new ShapeError("ensembleUncertainty", "members", "to hold at least one member, got 0");
  }
  const logProbs = members.map((logits) => {
    checkLogits("ensembleUncertainty", logits, shape, "members");
    return logSoftmax(logits, shape);
  });
  const k = shape.at(-1)!;
  const n = logProbs[0]!.length / k;
  const average = new Float64Array(n * k);
  for (let j = 0; j < average.length; j++) {
    let p = 0;
    for (const row of logProbs) p += Math.exp(row[j]!);
    average[j] = Math.log(p / members.length);
  }
  const entropyOf = (logits: FloatArray): number => {
    const entropy = new Float64Array(n);
    softmaxEntropyInto(entropy, logits, n, k);
    return mean(entropy);
  };
  const divergences = logProbs.map((row) => {
    const out = new Float64Array(n);
    klDivergenceInto(out, row, average, n, k);
    return mean(out);
  });
  return {
    total: entropyOf(average),
    expected: mean(logProbs.map(entropyOf)),
    mutualInformation: Math.max(0, mean(divergences)),
  };
}
