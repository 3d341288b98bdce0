import { checkNumber, type FloatArray, type IntegerArray, type Shape } from "@sd/math";
import {
  type BinSums,
  binSums,
  eceOf,
  mceOf,
  type ReliabilityBin,
  reliabilityOf,
  rmsceOf,
} from "./bin-sums.ts";
import { checkedPredictions } from "./predictions.ts";
import type { ScoreOptions } from "./rows.ts";

/** Options of the calibration errors. */
export interface CalibrationOptions extends ScoreOptions {
  /** Number of bins of equal width. @defaultValue 15 */
  readonly bins?: number;
}

/** The arguments of every one-shot metric. */
type Arguments = readonly [
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions,
];

export const DEFAULT_BINS = 15;

export const checkBins = (functionName: string, bins: number): number =>
  checkNumber(functionName, "bins", bins, { min: 1, integer: true });

function sumsOf(functionName: string, ...[logits, labels, shape, options]: Arguments): BinSums {
  const bins = checkBins(functionName, options.bins ?? DEFAULT_BINS);
  const { confidence, correct } = checkedPredictions(functionName, logits, labels, shape, options);
  return binSums(confidence, correct, bins);
}

/**
 * Expected calibration error of the predicted class, `Σ_b (n_b/n) |mean confidence − accuracy|`.
 *
 * Bins have equal width and are (lo, hi] with edges i/m in float64, so that 0 and 1 fall into the
 * first and the last one. The plug-in value of a calibrated model is above 0: print
 * {@link calibrationNullFloor} beside it.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins`, `temperature`.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1706.04599
 *
 * @example
 * ```ts
 * import { expectedCalibrationError } from "@sd/metrics";
 *
 * // Confidence 3/4 twice, right once.
 * const logits = Float64Array.of(Math.log(3), 0, Math.log(3), 0);
 * console.log(expectedCalibrationError(logits, Int32Array.of(0, 1), [2, 2]).toFixed(6)); // 0.250000
 * ```
 */
export function expectedCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): number {
  return eceOf(sumsOf("expectedCalibrationError", logits, labels, shape, options));
}

/**
 * Root mean square calibration error, `√ Σ_b (n_b/n) gap_b²`; bins as in
 * {@link expectedCalibrationError}.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins`, `temperature`.
 * @returns In [ECE, MCE]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function rootMeanSquareCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): number {
  return rmsceOf(sumsOf("rootMeanSquareCalibrationError", logits, labels, shape, options));
}

/**
 * Maximum calibration error, the largest gap of a bin that is not empty; bins as in
 * {@link expectedCalibrationError}.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins`, `temperature`.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function maximumCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): number {
  return mceOf(sumsOf("maximumCalibrationError", logits, labels, shape, options));
}

/**
 * Mean confidence and accuracy of each bin, with its count.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins`, `temperature`.
 * @returns One entry a bin, from low to high; NaN means in empty bins.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function reliabilityDiagram(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): ReliabilityBin[] {
  return reliabilityOf(sumsOf("reliabilityDiagram", logits, labels, shape, options));
}
