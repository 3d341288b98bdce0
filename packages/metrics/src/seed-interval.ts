import { checkNumber, ShapeError } from "@sd/math";
import { studentTQuantile } from "@sd/math/special";
import { studentTPValue } from "./student-t.ts";

/** Mean over training seeds, with an interval for it. */
export interface SeedInterval {
  readonly mean: number;
  /** Divisor s − 1; NaN for fewer than two seeds. */
  readonly standardDeviation: number;
  /** mean ± t · standard deviation / √s; NaN for fewer than two seeds. */
  readonly interval: readonly [number, number];
}

/** The mean difference of two methods over training seeds. */
export interface PairedSeedInterval extends SeedInterval {
  /**
   * Two-sided, of Student's t of the differences: the probability of a mean at least as far from 0 where there is no difference. NaN
   * for fewer than two seeds.
   */
  readonly pValue: number;
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
 * {@link seedInterval} of the differences of two methods trained with the same seeds, and the paired t-test that belongs to it.
 *
 * @param a - One value a seed.
 * @param b - In the same order of seeds.
 * @param options - `level`.
 * @returns Of a − b; where all differences are equal, p is 1 if they are 0, else 0.
 * @throws {@link ShapeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { pairedSeedInterval } from "@sd/metrics";
 *
 * console.log(pairedSeedInterval([0.62, 0.65, 0.64], [0.61, 0.62, 0.62]).pValue.toFixed(4)); // 0.0742
 * ```
 */
export function pairedSeedInterval(
  a: readonly number[],
  b: readonly number[],
  options: SeedIntervalOptions = {},
): PairedSeedInterval {
  if (a.length !== b.length) {
    throw new ShapeError("pairedSeedInterval", "b", `to have length ${a.length}, got ${b.length}`);
  }
  const differences = a.map((value, i) => value - b[i]!);
  const all = seedInterval(differences, options);
  const { mean, standardDeviation } = all;
  const s = differences.length;
  if (s < 2) return { ...all, pValue: Number.NaN };
  const t = mean === 0 ? 0 : mean / (standardDeviation / Math.sqrt(s));
  return { ...all, pValue: studentTPValue(t, s - 1) };
}
