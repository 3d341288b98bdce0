import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { type BinSums, binSums } from "./bin-sums.ts";
import { type CalibrationOptions, checkBins, DEFAULT_BINS } from "./calibration.ts";
import { checkedPredictions } from "./predictions.ts";

/** A squared calibration error from which the noise of the accuracies is taken. */
export interface DebiasedCalibration {
  /** May be negative. */
  readonly squared: number;
  /** √max(0, squared). */
  readonly root: number;
}

/** The debiased error of sums over bins. */
export function debiasedOf(sums: BinSums): DebiasedCalibration {
  const n = sums.count.reduce((a, b) => a + b, 0);
  if (n === 0) return { squared: Number.NaN, root: Number.NaN };
  const squared = sums.count.reduce((total, count, b) => {
    if (count < 2) return total;
    const accuracy = sums.correct[b]! / count;
    const gap = sums.confidence[b]! / count - accuracy;
    return total + (count / n) * (gap ** 2 - (accuracy * (1 - accuracy)) / (count - 1));
  }, 0);
  return { squared, root: Math.sqrt(Math.max(0, squared)) };
}

/**
 * Debiased squared calibration error,
 * `D = Σ_b (n_b/n) [gap_b² − a_b (1 − a_b)/(n_b − 1)]` with the accuracy a_b of bin b.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins` of equal width, `temperature`.
 * @returns NaN for no row; a bin of one row adds 0.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1909.10155
 */
export function debiasedCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): DebiasedCalibration {
  const bins = checkBins("debiasedCalibrationError", options.bins ?? DEFAULT_BINS);
  const name = "debiasedCalibrationError";
  const { confidence, correct } = checkedPredictions(name, logits, labels, shape, options);
  return debiasedOf(binSums(confidence, correct, bins));
}
