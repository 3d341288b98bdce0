import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { type BinSums, eceOf, emptyBins } from "./bin-sums.ts";
import { type CalibrationOptions, checkBins, DEFAULT_BINS } from "./calibration.ts";
import { checkedPredictions } from "./predictions.ts";

/**
 * Right edges of at most m bins of about equal count, from the values by ascending rank; rows of equal
 * confidence are never parted.
 */
export function edgesBetweenParts(at: (rank: number) => number, n: number, m: number): number[] {
  const parts = Math.min(m, n);
  const edges: number[] = [];
  let end = 0;
  for (let part = 0; part < parts - 1; part++) {
    // The first n mod parts parts have one row more.
    end += Math.floor(n / parts) + (part < n % parts ? 1 : 0);
    edges.push((at(end - 1) + at(end)) / 2);
  }
  return [...new Set([...edges, 1])];
}

export function equalMassEdges(confidence: Float64Array, m: number): number[] {
  const sorted = confidence.slice().sort();
  return edgesBetweenParts((rank) => sorted[rank]!, sorted.length, m);
}

/** Adds up the given sums by the bin in which their value lies. */
export function sumsBetween(
  edges: readonly number[],
  values: Float64Array,
  added: BinSums,
): BinSums {
  const sums = emptyBins(edges.length);
  values.forEach((c, i) => {
    const found = edges.findIndex((edge) => c <= edge);
    const b = found < 0 ? edges.length - 1 : found;
    sums.count[b]! += added.count[i]!;
    sums.confidence[b]! += added.confidence[i]!;
    sums.correct[b]! += added.correct[i]!;
  });
  return sums;
}

/**
 * Expected calibration error in bins of about equal count.
 *
 * Sorted confidences are cut into min(bins, n) parts; the edges are midpoints across the cuts, the
 * last is 1, equal ones are merged, bins are (lo, hi].
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins`, `temperature`.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1909.10155
 */
export function equalMassCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): number {
  const bins = checkBins("equalMassCalibrationError", options.bins ?? DEFAULT_BINS);
  const name = "equalMassCalibrationError";
  const { confidence, correct } = checkedPredictions(name, logits, labels, shape, options);
  const rows = {
    count: new Float64Array(confidence.length).fill(1),
    confidence,
    correct: Float64Array.from(correct),
  };
  return eceOf(sumsBetween(equalMassEdges(confidence, bins), confidence, rows));
}
