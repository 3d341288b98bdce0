import { type FloatArray, type IntegerArray, mean, type Shape } from "@sd/math";
import { checkedRows, type ScoreOptions } from "./rows.ts";

/**
 * Mean negative log-likelihood, `−(1/n) Σ log p_y`, in nats; a proper score.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`.
 * @returns At least 0; Infinity if a label is masked, NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { negativeLogLikelihood } from "@sd/metrics";
 *
 * console.log(negativeLogLikelihood(Float64Array.of(0, Math.log(3)), Int32Array.of(0), [1, 2]) - Math.log(4)); // 0
 * ```
 */
export function negativeLogLikelihood(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ScoreOptions = {},
): number {
  return mean(checkedRows("negativeLogLikelihood", logits, labels, shape, options).loss);
}

/**
 * Brier score summed over classes, `(1/n) Σ_i Σ_c (p_ic − 1[c = y_i])²`; a proper score.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`.
 * @returns In [0, 2]; NaN for no row. For two classes twice scikit-learn's binary value.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function brierScore(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ScoreOptions = {},
): number {
  return mean(checkedRows("brierScore", logits, labels, shape, options).brier);
}
