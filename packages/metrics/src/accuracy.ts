import {
  checkLabels,
  checkLogits,
  checkNumber,
  type FloatArray,
  type IntegerArray,
  mean,
  type Shape,
} from "@sd/math";
import { correctRows } from "./rows.ts";

/**
 * The share of rows whose first largest logit is the label's.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { accuracy } from "@sd/metrics";
 *
 * console.log(accuracy(Float32Array.of(2, 1, 0, 3), Int32Array.of(0, 0), [2, 2])); // 0.5
 * ```
 */
export function accuracy(logits: FloatArray, labels: IntegerArray, shape: Shape): number {
  const { n, k } = checkLogits("accuracy", logits, shape);
  checkLabels("accuracy", labels, n, k, shape);
  return mean(correctRows(logits, labels, n, k));
}

/** Options of {@link topKAccuracy}. */
export interface TopKOptions {
  /** How many classes a row may name. @defaultValue 5 */
  readonly top?: number;
}

/**
 * The share of rows whose label is among the `top` largest logits; of equal logits the lower class
 * comes first, so that `top: 1` is {@link accuracy}.
 *
 * @param logits - `[n, k]`; a row with NaN at its label is wrong.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function topKAccuracy(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  { top = 5 }: TopKOptions = {},
): number {
  const { n, k } = checkLogits("topKAccuracy", logits, shape);
  checkLabels("topKAccuracy", labels, n, k, shape);
  checkNumber("topKAccuracy", "top", top, { min: 1, integer: true });
  let hits = 0;
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    const own = logits[i * k + label]!;
    if (Number.isNaN(own)) continue;
    let ahead = 0;
    for (let c = 0; c < k; c++) {
      const other = logits[i * k + c]!;
      if (other > own || (other === own && c < label)) ahead++;
    }
    if (ahead < top) hits++;
  }
  return hits / n;
}
