import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { type BinSums, eceOf, emptyBins } from "./bin-sums.ts";
import { type CalibrationOptions, checkBins, DEFAULT_BINS } from "./calibration.ts";
import { checkedPredictions } from "./predictions.ts";

/** Right edges of at most m bins of about equal count; rows of equal confidence are never parted. */
export function equalMassEdges(confidence: Float64Array, m: number): number[] {
  const sorted = confidence.slice().sort();
  const n = sorted.length;
  const parts = Math.min(m, n);
  const edges: number[] = [];
  let end = 0;
  for (let part = 0; part < parts - 1; part++) {
    // The first n mod parts parts have one row more.
    end += Math.floor(n / parts) + (part < n % parts ? 1 : 0);
    edges.push((sorted[end - 1]! + sorted[end]!) / 2);
  }
  return [...new Set([...edges, 1])];
}

function sumsBetween(
  edges: readonly number[],
  confidence: Float64Array,
  correct: Uint8Array,
): BinSums {
  const sums = emptyBins(edges.length);
  confidence.forEach((c, i) => {
    const found = edges.findIndex((edge) => c <= edge);
    const b = found < 0 ? edges.length - 1 : found;
    sums.count[b]!++;
    sums.confidence[b]! += c;
    sums.correct[b]! += correct[i]!;
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
  return eceOf(sumsBetween(equalMassEdges(confidence, bins), confidence, correct));
}
