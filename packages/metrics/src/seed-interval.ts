import { checkNumber, ShapeError } from "@sd/math";
import { studentTQuantile } from "@sd/math/special";

/** Mean over training seeds, with an interval for it. */
export interface SeedInterval {
  readonly mean: number;
  /** Divisor s − 1; NaN for fewer than two seeds. */
  readonly standardDeviation: number;
  /** mean ± t · standard deviation / √s; NaN for fewer than two seeds. */
  readonly interval: readonly [number, number];
}

/** Options of the intervals over seeds. */
export interface SeedIntervalOptions {
  /** @defaultValue 0.95 */
  readonly level?: number;
}

/**
 * Student's interval for the mean over s training seeds, `mean ± t_{(1+level)/2, s−1} · sd/√s`.
 *
 * @param values - One value a seed.
 * @param options - `level`.
 * @returns NaN ends for fewer than two seeds.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { seedInterval } from "@sd/metrics";
 *
 * console.log(seedInterval([1, 2, 3]).interval.map((x) => x.toFixed(4))); // [ '-0.4841', '4.4841' ]
 * ```
 */
export function seedInterval(
  values: readonly number[],
  { level = 0.95 }: SeedIntervalOptions = {},
): SeedInterval {
  checkNumber("seedInterval", "level", level, { min: 0, max: 1, aboveMin: true, belowMax: true });
  const s = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / s;
  if (s < 2) return { mean, standardDeviation: Number.NaN, interval: [Number.NaN, Number.NaN] };
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const standardDeviation = Math.sqrt(squares / (s - 1));
  const half = (studentTQuantile((1 + level) / 2, s - 1) * standardDeviation) / Math.sqrt(s);
  return { mean, standardDeviation, interval: [mean - half, mean + half] };
}

/**
 * {@link seedInterval} of the differences of two methods trained with the same seeds.
 *
 * @param a - One value a seed.
 * @param b - In the same order of seeds.
 * @param options - `level`.
 * @throws {@link ShapeError} if the lengths differ.
 */
export function pairedSeedInterval(
  a: readonly number[],
  b: readonly number[],
  options: SeedIntervalOptions = {},
): SeedInterval {
  if (a.length !== b.length) {
    throw new ShapeError("pairedSeedInterval", "b", `to have length ${a.length}, got ${b.length}`);
  }
  return seedInterval(
    a.map((value, i) => value - b[i]!),
    options,
  );
}
