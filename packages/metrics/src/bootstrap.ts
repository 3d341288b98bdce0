// The bootstrap by counts: a resample of n rows of n is a weight per row, and every metric has a
// form that takes weights, so that no row is ever copied.
import { checkNumber, DomainError } from "@sd/math";
import { createRng } from "@sd/math/random";
import { normalQuantile } from "@sd/math/special";
import { normalCdf } from "./normal-cdf.ts";
import { quantileOfSorted } from "./quantile.ts";

/**
 * A statistic of rows that count `weights[i]` times each; all ones is the sample itself.
 * The weights are valid during the call only.
 */
export type WeightedStatistic = (weights: Int32Array) => number;

/** How an interval follows from resampled values. */
export type IntervalMethod = "percentile" | "basic" | "bca";

/** Options of resampling. */
export interface ResampleOptions {
  /** Number of resamples, R. @defaultValue 2000 */
  readonly resamples?: number;
  readonly seed: number;
}

/** Options of {@link bootstrapInterval}. */
export interface BootstrapOptions extends ResampleOptions {
  /** @defaultValue "percentile" */
  readonly method?: IntervalMethod;
  /** Probability that the interval is to cover. @defaultValue 0.95 */
  readonly level?: number;
  /** What `basic` intervals are clipped to. @defaultValue [-Infinity, Infinity] */
  readonly range?: readonly [number, number];
}

/** A value with an interval. */
export interface Estimate {
  readonly value: number;
  /** Lower and upper end; absent where none was asked for. */
  readonly interval?: readonly [number, number];
  /** How the interval was made. */
  readonly method: IntervalMethod | "none";
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

/** The two quantiles of bca: bias and acceleration correct where the percentiles are taken. */
function bcaLevels(
  value: number,
  samples: Float64Array,
  jackknife: Float64Array,
  tail: number,
): [number, number] {
  const below = samples.reduce((sum, x) => sum + (x < value ? 1 : x === value ? 0.5 : 0), 0);
  const z0 = normalQuantile(below / samples.length);
  const centre = jackknife.reduce((a, b) => a + b, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const x of jackknife) {
    squares += (centre - x) ** 2;
    cubes += (centre - x) ** 3;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const level = (p: number): number => {
    const z = z0 + normalQuantile(p);
    return normalCdf(z0 + z / (1 - acceleration * z));
  };
  return [level(tail), level(1 - tail)];
}

/** What {@link intervalOf} needs beside the resampled values. */
interface IntervalParts {
  readonly value: number;
  readonly level?: number;
  readonly range?: readonly [number, number];
  readonly jackknife?: () => Float64Array;
}

export function intervalOf(
  method: IntervalMethod,
  samples: Float64Array,
  { value, level = 0.95, range = [-Infinity, Infinity], jackknife }: IntervalParts,
): [number, number] {
  const tail = (1 - level) / 2;
  const sorted = samples.slice().sort();
  const at = (q: number): number => quantileOfSorted(sorted, q);
  if (method === "percentile") return [at(tail), at(1 - tail)];
  if (method === "basic") {
    const clip = (x: number): number => Math.min(range[1], Math.max(range[0], x));
    return [clip(2 * value - at(1 - tail)), clip(2 * value - at(tail))];
  }
  const [low, high] = bcaLevels(value, samples, jackknife!(), tail);
  return [at(low), at(high)];
}

function jackknifeOf(statistic: WeightedStatistic, n: number): Float64Array {
  const weights = ones(n);
  return Float64Array.from({ length: n }, (_, i) => {
    weights[i] = 0;
    const value = statistic(weights);
    weights[i] = 1;
    return value;
  });
}

/**
 * A bootstrap interval of any statistic that has a weighted form.
 *
 * `percentile`: quantiles of the resampled values; `basic`: [2θ − q_hi, 2θ − q_lo], for statistics
 * whose resampled values are biased, such as calibration errors; `bca`: bias corrected and
 * accelerated (Efron 1987), n more evaluations. Rows are resampled: noise between training seeds is
 * not covered, see {@link seedInterval}.
 *
 * @param statistic - Takes a weight per row.
 * @param n - Rows, at least 1.
 * @param options - `method`, `resamples`, `seed`, `level`, `range`.
 * @returns Value and interval.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 */
export function bootstrapInterval(
  statistic: WeightedStatistic,
  n: number,
  { method = "percentile", level = 0.95, range, ...options }: BootstrapOptions,
): Estimate {
  if (!["percentile", "basic", "bca"].includes(method)) {
    const expectation = `to be percentile, basic or bca, got ${method}`;
    throw new DomainError("bootstrapInterval", "method", expectation);
  }
  checkNumber("bootstrapInterval", "level", level, {
    min: 0,
    max: 1,
    aboveMin: true,
    belowMax: true,
  });
  const { samples } = bootstrap({ samples: statistic }, n, options);
  const value = statistic(ones(n));
  const interval = intervalOf(method, samples, {
    value,
    level,
    ...(range ? { range } : {}),
    jackknife: () => jackknifeOf(statistic, n),
  });
  return { value, interval, method };
}
