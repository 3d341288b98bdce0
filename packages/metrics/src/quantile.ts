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
