import {
  checkLabels,
  checkNonNegativeFloats,
  DomainError,
  type FloatArray,
  type IntegerArray,
  isFloatArray,
  type Shape,
} from "@sd/math";

/** Integer labels [n], or soft label rows [n, k] on the simplex, as mixup and CutMix make them. */
export type Labels = IntegerArray | FloatArray;

// What float32 rows of many classes may miss 1 by.
const TOLERANCE = 1e-3;

/** Checks rows on the simplex: finite, not negative, summing to 1 within 1e-3. */
export function checkSimplexRows(
  functionName: string,
  argument: string,
  values: FloatArray,
  n: number,
  k: number,
  shape: Shape,
): void {
  checkNonNegativeFloats(functionName, argument, values, n * k, shape);
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let j = i * k; j < (i + 1) * k; j++) total += values[j]!;
    if (Math.abs(total - 1) > TOLERANCE) {
      const detail = `to have rows that sum to 1, got ${total} in row ${i}`;
      throw new DomainError(functionName, argument, detail);
    }
  }
}

/**
 * Checks labels of either kind: integers in 0…k−1, one a row, or rows on the simplex.
 *
 * @param functionName - The public function, for the message.
 * @param labels - What the caller passed.
 * @param n - Rows.
 * @param k - Classes.
 * @param shape - The shape that `n` and `k` come from, for the message.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function checkAnyLabels(
  functionName: string,
  labels: Labels,
  n: number,
  k: number,
  shape: Shape,
): void {
  if (isFloatArray(labels)) checkSimplexRows(functionName, "labels", labels, n, k, shape);
  else checkLabels(functionName, labels, n, k, shape);
}
