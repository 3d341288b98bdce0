import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { checkedPredictions } from "./predictions.ts";
import type { ScoreOptions } from "./rows.ts";

/** Below this width the grid would not fit memory; smaller errors are not resolved. */
const SMALLEST_WIDTH = 1e-5;
/** A Gaussian is negligible in float64 beyond so many deviations. */
const REACH = 9;

/**
 * Adds weight · φ_σ(x_j − centre) at the nodes x_j = (j + ½) h. From the node nearest to the centre
 * outwards each value follows from the last by two products in place of an exponential.
 */
function addGaussian(r: Float64Array, weight: number, centre: number, sigma: number): void {
  const m = r.length;
  const h = 1 / m;
  const first = Math.ceil((centre - REACH * sigma) * m - 0.5);
  const last = Math.floor((centre + REACH * sigma) * m - 0.5);
  if (last < 0 || first >= m) return;
  const middle = Math.min(m - 1, Math.max(0, Math.round(centre * m - 0.5)));
  const shrink = Math.exp(-(h * h) / (sigma * sigma));
  const peak = weight / (sigma * Math.sqrt(2 * Math.PI));
  for (const direction of [1, -1]) {
    const d = (middle + 0.5) * h - centre;
    let value = peak * Math.exp(-(d * d) / (2 * sigma * sigma));
    let ratio = Math.exp(-(2 * direction * d * h + h * h) / (2 * sigma * sigma));
    // The middle node is added once, on the way up.
    if (direction > 0) r[middle]! += value;
    const end = direction > 0 ? Math.min(m - 1, last) : Math.max(0, first);
    for (let j = middle + direction; direction * (end - j) >= 0; j += direction) {
      value *= ratio;
      ratio *= shrink;
      r[j]! += value;
    }
  }
}

/** ∫₀¹ |Σ r_i K_σ(x, c_i)| dx with the Gaussian reflected at 0 and 1. */
export function smoothedError(
  centres: Float64Array,
  residuals: Float64Array,
  sigma: number,
): number {
  const nodes = Math.max(2000, Math.ceil(20 / sigma));
  const r = new Float64Array(nodes);
  const images = 1 + Math.ceil(4 * sigma);
  centres.forEach((c, i) => {
    const residual = residuals[i]!;
    if (residual === 0) return;
    for (let l = -images; l <= images; l++) {
      addGaussian(r, residual, 2 * l + c, sigma);
      addGaussian(r, residual, 2 * l - c, sigma);
    }
  });
  return r.reduce((sum, value) => sum + Math.abs(value), 0) / nodes;
}

/** The width that the error smoothed by it equals. */
export function smoothErrorOf(centres: Float64Array, residuals: Float64Array): number {
  if (centres.length === 0 || centres.some(Number.isNaN)) return Number.NaN;
  const atSmallest = smoothedError(centres, residuals, SMALLEST_WIDTH);
  if (atSmallest <= SMALLEST_WIDTH) return atSmallest;
  let [low, high] = [SMALLEST_WIDTH, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (smoothedError(centres, residuals, middle) > middle) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Smooth calibration error: the width σ at which the calibration residuals, smoothed by a reflected
 * Gaussian of that width, integrate to σ themselves.
 *
 * Needs no bins and is at least |mean confidence − accuracy| up to quadrature: midpoint rule on
 * max(2000, 20/σ) nodes, 40 bisections. Values below 1e-5 are resolved to 1e-5 only.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/2309.12236
 */
export function smoothCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ScoreOptions = {},
): number {
  const name = "smoothCalibrationError";
  const { confidence, correct } = checkedPredictions(name, logits, labels, shape, options);
  const residuals = confidence.map((c, i) => (c - correct[i]!) / confidence.length);
  return smoothErrorOf(confidence, residuals);
}
