import { ShapeError } from "@sd/math";
import { lgamma } from "@sd/math/special";
import { bootstrap, ones, type ResampleOptions, type WeightedStatistic } from "./bootstrap.ts";
import { intervalOf } from "./bootstrap-interval.ts";

/** The difference of two models on one test set. */
export interface PairedDifference {
  /** θ_A − θ_B. */
  readonly difference: number;
  /** Percentile interval. */
  readonly interval: readonly [number, number];
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Compares two models on the same resampled rows.
 *
 * `p = min(1, 2 (1 + min(#{D* ≤ 0}, #{D* ≥ 0}))/(R + 1))`.
 *
 * @param a - The statistic of model A.
 * @param b - The same statistic of model B on the same rows.
 * @param n - Rows, at least 1.
 * @param options - `resamples`, `seed`, `level`.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 */
export function pairedBootstrap(
  a: WeightedStatistic,
  b: WeightedStatistic,
  n: number,
  { level = 0.95, ...options }: ResampleOptions & { readonly level?: number },
): PairedDifference {
  const difference: WeightedStatistic = (weights) => a(weights) - b(weights);
  const { samples } = bootstrap({ samples: difference }, n, options);
  const notAbove = samples.reduce((count, d) => count + (d <= 0 ? 1 : 0), 0);
  const notBelow = samples.reduce((count, d) => count + (d >= 0 ? 1 : 0), 0);
  const value = difference(ones(n));
  return {
    difference: value,
    interval: intervalOf("percentile", samples, { value, level }),
    pValue: Math.min(1, (2 * (1 + Math.min(notAbove, notBelow))) / (samples.length + 1)),
  };
}

/** The outcome of {@link mcNemarTest}. */
export interface McNemar {
  /** Rows that only A has right. */
  readonly onlyA: number;
  /** Rows that only B has right. */
  readonly onlyB: number;
  /** Exact, two-sided. */
  readonly pValue: number;
}

/** P(Bin(n, ½) ≤ x): the largest term from log-gammas, the others by their ratios. */
function binomialHalfCdf(x: number, n: number): number {
  let term = Math.exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) - n * Math.LN2);
  let sum = 0;
  for (let i = x; i >= 0 && term > 0; i--) {
    sum += term;
    term *= i / (n - i + 1);
  }
  return sum;
}

/**
 * McNemar's exact test of equal accuracy: `p = min(1, 2 P(Bin(b + c, ½) ≤ min(b, c)))` with the
 * discordant counts b and c.
 *
 * @param a - `[n]`, 1 where model A is right.
 * @param b - `[n]`, 1 where model B is right, same rows.
 * @returns Counts and p, which is 1 without discordant rows.
 * @throws {@link ShapeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { mcNemarTest } from "@sd/metrics";
 *
 * console.log(mcNemarTest(Uint8Array.of(1, 1, 1, 1, 0), Uint8Array.of(0, 0, 0, 0, 0)).pValue.toFixed(6)); // 0.125000
 * ```
 */
export function mcNemarTest(a: ArrayLike<number>, b: ArrayLike<number>): McNemar {
  if (a.length !== b.length) {
    throw new ShapeError("mcNemarTest", "b", `to have length ${a.length}, got ${b.length}`);
  }
  let [onlyA, onlyB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && !b[i]) onlyA++;
    if (b[i] && !a[i]) onlyB++;
  }
  const tail = binomialHalfCdf(Math.min(onlyA, onlyB), onlyA + onlyB);
  return { onlyA, onlyB, pValue: Math.min(1, 2 * tail) };
}
