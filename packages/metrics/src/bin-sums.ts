// Confidences in m bins of equal width, (lo, hi] with edges i/m in float64, and what follows from the sums.

/** Sums over the rows of each bin, `[m]` each. */
export interface BinSums {
  readonly count: Float64Array;
  readonly confidence: Float64Array;
  readonly correct: Float64Array;
}

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Left edge, excluded but for the first bin. */
  readonly lower: number;
  /** Right edge, included. */
  readonly upper: number;
  readonly count: number;
  /** Mean confidence; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of correct rows; NaN in an empty bin. */
  readonly accuracy: number;
}

export const emptyBins = (m: number): BinSums => ({
  count: new Float64Array(m),
  confidence: new Float64Array(m),
  correct: new Float64Array(m),
});

/** The bin of c: the smallest i with c ≤ (i + 1)/m, counted from 0. NaN lands in the first. */
export function binOf(c: number, m: number): number {
  if (!(c > 0)) return 0;
  let i = Math.min(m - 1, Math.ceil(c * m) - 1);
  // The product rounds; the edges are the quotients.
  while (i > 0 && c <= i / m) i--;
  while (i < m - 1 && c > (i + 1) / m) i++;
  return i;
}

export function addToBins(sums: BinSums, confidence: Float64Array, correct: Uint8Array): void {
  const m = sums.count.length;
  for (let i = 0; i < confidence.length; i++) {
    const b = binOf(confidence[i]!, m);
    sums.count[b]!++;
    sums.confidence[b]! += confidence[i]!;
    sums.correct[b]! += correct[i]!;
  }
}

export function binSums(confidence: Float64Array, correct: Uint8Array, m: number): BinSums {
  const sums = emptyBins(m);
  addToBins(sums, confidence, correct);
  return sums;
}

const total = (sums: BinSums): number => sums.count.reduce((a, b) => a + b, 0);

/** |mean confidence − accuracy| of each bin that is not empty, with its share of the rows. */
function gaps(sums: BinSums): { gap: number; share: number }[] {
  const n = total(sums);
  return Array.from(sums.count, (count, b) => ({
    gap: Math.abs(sums.confidence[b]! - sums.correct[b]!) / count,
    share: count / n,
  })).filter(({ share }) => share > 0);
}

const orNaN = (sums: BinSums, value: number): number => (total(sums) === 0 ? Number.NaN : value);

export const eceOf = (sums: BinSums): number =>
  orNaN(
    sums,
    gaps(sums).reduce((sum, { gap, share }) => sum + share * gap, 0),
  );

export const rmsceOf = (sums: BinSums): number =>
  orNaN(sums, Math.sqrt(gaps(sums).reduce((sum, { gap, share }) => sum + share * gap ** 2, 0)));

export const mceOf = (sums: BinSums): number =>
  orNaN(sums, Math.max(...gaps(sums).map(({ gap }) => gap)));

export const reliabilityOf = (sums: BinSums): ReliabilityBin[] =>
  Array.from(sums.count, (count, b) => ({
    lower: b / sums.count.length,
    upper: (b + 1) / sums.count.length,
    count,
    confidence: sums.confidence[b]! / count,
    accuracy: sums.correct[b]! / count,
  }));
