// A group against its baseline, seed by seed or image by image.
import { mcNemarTest, pairedSeedInterval, quantiles } from "@sd/metrics";
import type { Interval, RunValues } from "./evaluate-run.ts";
import type { MetricName } from "./metric-table.ts";

/** How a method's value differs from the baseline's. */
export interface PairedDifference {
  /** Method minus baseline. */
  readonly difference: number;
  /** 95 %, not corrected for several comparisons. */
  readonly interval: Interval;
  /** Two-sided. */
  readonly pValue: number;
  /** The same, corrected by Holm over the methods that are compared in this metric. */
  readonly adjustedPValue: number;
  /**
   * `seeds`: Student's t of the differences, seed by seed. `images`: both on the same resampled test images; the accuracy's
   * p-value is McNemar's.
   */
  readonly pairedBy: "seeds" | "images";
  /** How many pairs there are. */
  readonly pairs: number;
}

export type RawDifference = Omit<PairedDifference, "adjustedPValue">;

function overSeeds(own: readonly number[], other: readonly number[]): RawDifference {
  const { mean, interval, pValue } = pairedSeedInterval(own, other);
  return { difference: mean, interval, pValue, pairedBy: "seeds", pairs: own.length };
}

function overImages(own: RunValues, other: RunValues, name: MetricName): RawDifference | undefined {
  const [a, b] = [own.resampled, other.resampled];
  const [first, second] = [a?.samples[name], b?.samples[name]];
  if (!a || !b || !first || !second) return undefined;
  const samples = first.map((value, r) => value - second[r]!);
  const notAbove = samples.reduce((count, d) => count + (d <= 0 ? 1 : 0), 0);
  const notBelow = samples.reduce((count, d) => count + (d >= 0 ? 1 : 0), 0);
  const tail = (2 * (1 + Math.min(notAbove, notBelow))) / (samples.length + 1);
  return {
    difference: own.values[name] - other.values[name],
    interval: quantiles(samples, [0.025, 0.975]),
    pValue: name === "accuracy" ? mcNemarTest(a.correct, b.correct).pValue : Math.min(1, tail),
    pairedBy: "images",
    pairs: own.images,
  };
}

/**
 * How a group's metric differs from its baseline's.
 *
 * With two or more seeds in common: paired by seed. With one run each: paired by test image. Never one for the other.
 *
 * @returns Undefined where neither is possible: other test images, too few common seeds, no value.
 */
export function pairedDifference(
  runs: readonly RunValues[],
  baseline: readonly RunValues[],
  name: MetricName,
): RawDifference | undefined {
  const pairs = runs.flatMap((run): [RunValues, RunValues][] => {
    const partner = baseline.find(({ seed }) => seed === run.seed);
    return partner ? [[run, partner]] : [];
  });
  if (pairs.length === 0 || pairs.some(([a, b]) => a.labelsKey !== b.labelsKey)) return undefined;
  const [own, other] = [0, 1].map((side) => pairs.map((pair) => pair[side]!.values[name]));
  if ([...own!, ...other!].some((value) => !Number.isFinite(value))) return undefined;
  if (pairs.length > 1) return overSeeds(own!, other!);
  if (runs.length > 1 || baseline.length > 1) return undefined;
  return overImages(pairs[0]![0], pairs[0]![1], name);
}
