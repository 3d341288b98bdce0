/**
 * How many letters must be inserted, deleted, replaced or swapped with their neighbour to make one word of the other
 * (Damerau–Levenshtein, optimal string alignment).
 */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, rows[i - 1]![j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The one of `words` that `word` was probably meant to be; undefined where none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((other) => ({ other, far: distance(plain(word), plain(other)) }))
    .sort((a, b) => a.far - b.far);
  if (best === undefined) return undefined;
  return best.far <= Math.max(1, Math.floor(plain(word).length / 3)) ? best.other : undefined;
}
