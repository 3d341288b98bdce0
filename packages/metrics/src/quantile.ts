import { checkNumber } from "@sd/math";

/**
 * Quantiles of ascending values with linear interpolation: type 7, numpy's default.
 *
 * @param sorted - Ascending; with NaN among them every quantile is NaN.
 * @param q - In [0, 1].
 */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const n = sorted.length;
  // Sorting puts NaN last.
  if (n === 0 || Number.isNaN(sorted[n - 1]!)) return Number.NaN;
  const position = q * (n - 1);
  const below = Math.floor(position);
  const [low, high] = [sorted[below]!, sorted[Math.min(n - 1, below + 1)]!];
  // Infinities have no difference from each other, and none that 0 could be multiplied by.
  if (low === high || position === below) return low;
  return low + (position - below) * (high - low);
}

/**
 * Quantiles with linear interpolation between the values: type 7, numpy's default.
 *
 * @param values - Any order; with NaN among them, or without any, every quantile is NaN.
 * @param probabilities - In [0, 1].
 * @returns One a probability.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { quantiles } from "@sd/metrics";
 *
 * console.log(quantiles([4, 1, 3, 2], [0.25, 0.5])); // [ 1.75, 2.5 ]
 * ```
 */
export function quantiles<const P extends readonly number[]>(
  values: ArrayLike<number>,
  probabilities: P,
): { readonly [I in keyof P]: number } {
  for (const q of probabilities) checkNumber("quantiles", "probabilities", q, { min: 0, max: 1 });
  const sorted = Float64Array.from(values).sort();
  return probabilities.map((q) => quantileOfSorted(sorted, q)) as { [I in keyof P]: number };
}
