import { mean } from "@sd/math";

/** A Gaussian adds less than a rounding beyond so many widths: every point has its own, 1, in its sum. */
const REACH = 9;

/**
 * `−mean log f̂(v_i)` with a Gaussian kernel of Scott's width `n^(−1/5)` times the standard deviation
 * (divisor n − 1): `scipy.stats.gaussian_kde` at its own points. −∞ if all values are equal.
 *
 * What the kernels put beyond the ends of a bounded range is not put back, so that the estimate is too
 * high where the density is large there.
 */
export function kernelDensityEntropy(sorted: Float64Array): number {
  const n = sorted.length;
  const centre = mean(sorted);
  const variance = sorted.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (n - 1);
  const width = n ** -0.2 * Math.sqrt(variance);
  if (sorted[0] === sorted[n - 1]) return -Infinity;
  const density = new Float64Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const z = (sorted[j]! - sorted[i]!) / width;
      if (z > REACH) break;
      const kernel = Math.exp(-0.5 * z * z);
      density[i]! += kernel;
      density[j]! += kernel;
    }
  }
  return Math.log(n * width * Math.sqrt(2 * Math.PI)) - mean(density.map(Math.log));
}
