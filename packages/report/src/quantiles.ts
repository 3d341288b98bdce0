/** The two quantiles of some values, linear between them (type 7, numpy's default); NaN with a NaN among them. */
export function quantiles(
  values: Float64Array,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const sorted = values.slice().sort();
  const last = sorted.length - 1;
  if (last < 0 || Number.isNaN(sorted[last]!)) return [Number.NaN, Number.NaN];
  const at = (q: number): number => {
    const below = Math.floor(q * last);
    const [a, b] = [sorted[below]!, sorted[Math.min(last, below + 1)]!];
    return a === b ? a : a + (q * last - below) * (b - a);
  };
  return [at(low), at(high)];
}
