// Estimators of the differential entropy h(X) = −∫ f log f, in nats, from sorted values.
import { checkFloats, DomainError, type FloatArray } from "@sd/math";
import { digamma } from "@sd/math/special";
import { binOf } from "./bin-sums.ts";
import { kernelDensityEntropy } from "./kernel-density.ts";

/** How the entropy of a density is estimated. */
export type EntropyEstimator =
  | "ebrahimi"
  | "vasicek"
  | "vanEs"
  | "correa"
  | "knn"
  | "histogram"
  | "kde";

type Estimate = (sorted: Float64Array) => number;

/** The window s = floor(√n + ½); a spacing needs 2s < n. */
const windowOf = (n: number): number => Math.floor(Math.sqrt(n) + 0.5);

/** mean log(n/(c_i s) (v_{i+s} − v_{i−s})) with indices clamped to the sample. */
function spacing(v: Float64Array, weight: (i: number, s: number, n: number) => number): number {
  const n = v.length;
  const s = windowOf(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const width = v[Math.min(n - 1, i + s)]! - v[Math.max(0, i - s)]!;
    sum += Math.log((n * width) / (weight(i, s, n) * s));
  }
  return sum / n;
}

const vasicek: Estimate = (v) => spacing(v, () => 2);

/** Vasicek's, with the spacings that the ends cut short weighted by their length. */
export const ebrahimi: Estimate = (v) =>
  spacing(v, (i, s, n) => {
    if (i < s) return 1 + i / s;
    return i >= n - s ? 1 + (n - 1 - i) / s : 2;
  });

const vanEs: Estimate = (v) => {
  const n = v.length;
  const s = windowOf(n);
  let sum = 0;
  for (let i = 0; i < n - s; i++) sum += Math.log(((n + 1) / s) * (v[i + s]! - v[i]!));
  let harmonic = 0;
  for (let j = s; j <= n; j++) harmonic += 1 / j;
  return sum / (n - s) + harmonic + Math.log(s) - Math.log(n + 1);
};

/** The slope of a local regression of rank on value in each window. */
const correa: Estimate = (v) => {
  const n = v.length;
  const s = windowOf(n);
  const at = (i: number): number => v[Math.min(n - 1, Math.max(0, i))]!;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let centre = 0;
    for (let d = -s; d <= s; d++) centre += at(i + d);
    centre /= 2 * s + 1;
    let cross = 0;
    let squares = 0;
    for (let d = -s; d <= s; d++) {
      const difference = at(i + d) - centre;
      cross += difference * d;
      squares += difference ** 2;
    }
    // A window of equal values has no slope: the density there is infinite.
    sum += squares === 0 ? Infinity : Math.log(cross / (n * squares));
  }
  return -sum / n;
};

const NEIGHBOUR = 3;

const nearestNeighbour: Estimate = (v) => {
  const n = v.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let [left, right] = [i - 1, i + 1];
    let distance = 0;
    for (let r = 0; r < NEIGHBOUR; r++) {
      const below = left >= 0 ? v[i]! - v[left]! : Infinity;
      const above = right < n ? v[right]! - v[i]! : Infinity;
      distance = Math.min(below, above);
      if (below <= above) left--;
      else right++;
    }
    sum += Math.log(distance);
  }
  return digamma(n) - digamma(NEIGHBOUR) + Math.LN2 + sum / n;
};

const HISTOGRAM_BINS = 20;

const histogram: Estimate = (v) => {
  const counts = new Float64Array(HISTOGRAM_BINS);
  for (const value of v) counts[binOf(value, HISTOGRAM_BINS)]!++;
  return counts.reduce((sum, count) => {
    const share = count / v.length;
    return share === 0 ? sum : sum - share * Math.log(share * HISTOGRAM_BINS);
  }, 0);
};

const ESTIMATORS: Readonly<Record<EntropyEstimator, Estimate>> = {
  ebrahimi,
  vasicek,
  vanEs,
  correa,
  knn: nearestNeighbour,
  histogram,
  kde: kernelDensityEntropy,
};

/** Whether n values are enough: 2s < n for spacings, more than r for neighbours. */
const enough = (estimator: EntropyEstimator, n: number): boolean => {
  if (estimator === "histogram") return n > 0;
  if (estimator === "kde") return n > 1;
  return estimator === "knn" ? n > NEIGHBOUR : 2 * windowOf(n) < n;
};

/** The estimate from sorted values; NaN for too few or where one is NaN or infinite. */
export function entropyOfSorted(sorted: Float64Array, estimator: EntropyEstimator): number {
  const n = sorted.length;
  // Sorting puts NaN last and infinities to the ends.
  if (!enough(estimator, n) || !Number.isFinite(sorted[0]! - sorted[n - 1]!)) return Number.NaN;
  return ESTIMATORS[estimator](sorted);
}

/** Options of {@link differentialEntropy}. */
export interface EntropyOptions {
  /** @defaultValue "ebrahimi" */
  readonly estimator?: EntropyEstimator;
}

export function checkEstimator(functionName: string, estimator: EntropyEstimator): void {
  if (!Object.hasOwn(ESTIMATORS, estimator)) {
    const names = Object.keys(ESTIMATORS).join(", ");
    throw new DomainError(functionName, "estimator", `to be among ${names}, got ${estimator}`);
  }
}

/**
 * Differential entropy in nats, estimated from a sample.
 *
 * `vasicek`, `ebrahimi`, `vanEs` and `correa` use spacings with the window floor(√n + ½) and agree
 * with scipy.stats.differential_entropy; `knn` the third neighbour (Kozachenko–Leonenko); `histogram`
 * 20 bins of [0, 1]; `kde` the mean of −log of a Gaussian kernel density at its own points, of Scott's
 * width and without correction at the ends of a range, in O(n²). All but the histogram satisfy
 * h(sX + c) = h(X) + log|s|; those of spacings and neighbours are −∞ where a run of equal values fills
 * a window, the kernel's where all are equal.
 *
 * @param values - `[n]`, in any order; in [0, 1] for `histogram`.
 * @param options - `estimator`.
 * @returns NaN for too few values (below 5; below 4 for `knn`, 2 for `kde`, 1 for `histogram`), or
 * where one is NaN or infinite.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { differentialEntropy } from "@sd/metrics";
 *
 * const uniform = Float64Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
 * console.log(Math.abs(differentialEntropy(uniform)) < 0.03); // true
 * ```
 */
export function differentialEntropy(
  values: FloatArray,
  { estimator = "ebrahimi" }: EntropyOptions = {},
): number {
  checkFloats("differentialEntropy", "values", values, values.length, [values.length]);
  checkEstimator("differentialEntropy", estimator);
  return entropyOfSorted(Float64Array.from(values).sort(), estimator);
}
