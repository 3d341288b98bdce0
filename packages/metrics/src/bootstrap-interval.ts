import { checkNumber, DomainError } from "@sd/math";
import { normalQuantile } from "@sd/math/special";
import { bootstrap, ones, type ResampleOptions, type WeightedStatistic } from "./bootstrap.ts";
import { normalCdf } from "./normal-cdf.ts";
import { quantileOfSorted } from "./quantile.ts";

/** How an interval follows from resampled values. */
export type IntervalMethod = "percentile" | "basic" | "bca";

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
