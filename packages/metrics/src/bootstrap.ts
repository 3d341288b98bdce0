// The bootstrap by counts: a resample of n rows of n is a weight per row, and every metric has a
// form that takes weights, so that no row is ever copied.
import { checkNumber } from "@sd/math";
import { createRng } from "@sd/math/random";

/**
 * A statistic of rows that count `weights[i]` times each; all ones is the sample itself.
 * The weights are valid during the call only.
 */
export type WeightedStatistic = (weights: Int32Array) => number;

/** Options of resampling. */
export interface ResampleOptions {
  /** Number of resamples, R. @defaultValue 2000 */
  readonly resamples?: number;
  readonly seed: number;
}

const DEFAULT_RESAMPLES = 2000;

export const ones = (n: number): Int32Array => new Int32Array(n).fill(1);

/** Σ w v / Σ w. */
export const weightedMean =
  (values: ArrayLike<number>): WeightedStatistic =>
  (weights) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      // A row that was not drawn must not turn an infinite loss into NaN.
      if (w === 0) continue;
      sum += w * values[i]!;
      count += w;
    }
    return sum / count;
  };

/**
 * Evaluates statistics on R resamples of n rows, all on the same ones.
 *
 * @param statistics - By name.
 * @param n - Rows, at least 1.
 * @param options - `resamples`, `seed`: the resamples depend on the seed and n alone.
 * @returns `[R]` values by name, in the order of the draws.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { bootstrap } from "@sd/metrics";
 *
 * const count = (weights: Int32Array) => weights.reduce((a, b) => a + b, 0);
 * console.log(bootstrap({ count }, 5, { resamples: 3, seed: 1 })); // { count: Float64Array(3) [ 5, 5, 5 ] }
 * ```
 */
export function bootstrap<Name extends string>(
  statistics: Readonly<Record<Name, WeightedStatistic>>,
  n: number,
  { resamples = DEFAULT_RESAMPLES, seed }: ResampleOptions,
): Record<Name, Float64Array> {
  checkNumber("bootstrap", "n", n, { min: 1, max: 2 ** 31 - 1, integer: true });
  checkNumber("bootstrap", "resamples", resamples, { min: 1, integer: true });
  const rng = createRng(seed).fork("bootstrap");
  // Words from the last, incomplete run of n would favour small remainders.
  const limit = 2 ** 32 - (2 ** 32 % n);
  const weights = new Int32Array(n);
  const entries = Object.entries<WeightedStatistic>(statistics);
  const samples = entries.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    weights.fill(0);
    for (let drawn = 0; drawn < n; ) {
      const word = rng.uint32();
      if (word >= limit) continue;
      weights[word % n]!++;
      drawn++;
    }
    for (let s = 0; s < entries.length; s++) samples[s]![r] = entries[s]![1](weights);
  }
  return Object.fromEntries(entries.map(([name], s) => [name, samples[s]!])) as Record<
    Name,
    Float64Array
  >;
}
