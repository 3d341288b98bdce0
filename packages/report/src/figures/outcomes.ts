// What the figures of the predictions draw from: the runs of a method taken together.
import { bootstrap, quantiles } from "@sd/metrics";
import { checkedPredictions } from "../evaluate-run.ts";
import { binsOf, byConfidence, type RowValues, rowValues } from "../row-values.ts";
import type { Series } from "./figure.ts";

/** One bin of a reliability diagram, over all seeds. */
export interface BandedBin {
  readonly lower: number;
  readonly upper: number;
  /** Test images; those of all seeds together. */
  readonly count: number;
  /** Mean confidence; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of correct predictions; NaN in an empty bin. */
  readonly accuracy: number;
  /** 95 % of the accuracies of resampled test images. */
  readonly low: number;
  readonly high: number;
}

/** The predictions of a method, all its seeds together. */
export interface Outcome {
  readonly series: Series;
  /** Test images of all seeds together. */
  readonly rows: number;
  readonly plain: readonly BandedBin[];
  /** After temperature scaling; absent without validation predictions. */
  readonly scaled?: readonly BandedBin[];
  /** The share of images by the probability of the true class, in bins of equal width. */
  readonly histogram: readonly number[];
  /** The error rate among the most confident images, at equal steps of coverage up to 1; mean over seeds. */
  readonly risks: readonly number[];
  /** Each run's values by test image. */
  readonly runs: readonly RowValues[];
  /** The first run's. */
  readonly labels: Int32Array;
}

/** How outcomes are made. */
export interface OutcomeOptions {
  readonly split: string;
  readonly bins: number;
  readonly resamples: number;
  readonly seed: number;
}

/** Bins of the histogram of confidences. */
export const HISTOGRAM_BINS = 25;

/** Points of a risk–coverage curve. */
const CURVE_POINTS = 100;

/** The images of one bin in one run. */
interface Members {
  readonly run: RowValues;
  readonly images: readonly number[];
}

/** The accuracies of one bin's images on resamples, and their middle 95 %. */
function bandsOf(
  members: readonly (readonly Members[])[],
  n: number,
  options: OutcomeOptions,
): (readonly [number, number])[] {
  const accuracyOf = (bin: readonly Members[]) => (weights: Int32Array) => {
    let [right, count] = [0, 0];
    for (const { run, images } of bin) {
      for (const i of images) {
        right += weights[i]! * run.correct[i]!;
        count += weights[i]!;
      }
    }
    return right / count;
  };
  const statistics = members.map((bin, b) => [String(b), accuracyOf(bin)] as const);
  const samples = bootstrap(Object.fromEntries(statistics), n, options);
  // A resample without an image in the bin says nothing of it.
  return members.map((_, b) =>
    quantiles(
      samples[String(b)]!.filter((x) => !Number.isNaN(x)),
      [0.025, 0.975],
    ),
  );
}

function reliability(runs: readonly RowValues[], options: OutcomeOptions): BandedBin[] {
  const { bins } = options;
  const members = Array.from({ length: bins }, () =>
    runs.map((run) => ({ run, images: [] as number[] })),
  );
  runs.forEach((run, r) => {
    binsOf(run.confidence, bins).forEach((bin, i) => {
      members[bin]![r]!.images.push(i);
    });
  });
  const n = runs[0]!.correct.length;
  // Runs on different test images have no resample in common.
  const paired = runs.every(({ correct }) => correct.length === n);
  const bands = paired ? bandsOf(members, n, options) : undefined;
  return members.map((bin, b) => {
    let [count, confidence, right] = [0, 0, 0];
    for (const { run, images } of bin) {
      count += images.length;
      for (const i of images) {
        confidence += run.confidence[i]!;
        right += run.correct[i]!;
      }
    }
    const [low, high] = bands?.[b] ?? [Number.NaN, Number.NaN];
    return {
      ...{ lower: b / bins, upper: (b + 1) / bins, count },
      ...{ confidence: confidence / count, accuracy: right / count, low, high },
    };
  });
}

function histogramOf(runs: readonly RowValues[]): number[] {
  const counts = new Array<number>(HISTOGRAM_BINS).fill(0);
  let rows = 0;
  for (const { target } of runs) {
    rows += target.length;
    for (const p of target) {
      counts[Math.min(HISTOGRAM_BINS - 1, Math.floor(p * HISTOGRAM_BINS))]!++;
    }
  }
  return counts.map((count) => count / rows);
}

/** The error rate of the i most confident images, for i = 1 … n, expected over the orders of ties. */
export function risksByCount({ confidence, correct }: RowValues): Float64Array {
  const order = byConfidence(confidence);
  const risks = new Float64Array(order.length);
  for (let start = 0, errors = 0; start < order.length; ) {
    let [end, wrong] = [start, 0];
    while (end < order.length && confidence[order[end]!] === confidence[order[start]!]) {
      wrong += correct[order[end++]!] ? 0 : 1;
    }
    for (let i = start; i < end; i++) {
      risks[i] = (errors + (wrong * (i - start + 1)) / (end - start)) / (i + 1);
    }
    errors += wrong;
    start = end;
  }
  return risks;
}

function curveOf(runs: readonly RowValues[]): number[] {
  const curves = runs.map(risksByCount);
  const points = Math.min(CURVE_POINTS, ...curves.map(({ length }) => length));
  return Array.from({ length: points }, (_, j) => {
    const at = curves.map((risks) => risks[Math.ceil(((j + 1) * risks.length) / points) - 1]!);
    return at.reduce((a, b) => a + b, 0) / at.length;
  });
}

/** Reads the predictions of a series, one run after the other, and sums them up. */
export async function outcomeOf(series: Series, options: OutcomeOptions): Promise<Outcome> {
  const runs: RowValues[] = [];
  const scaled: RowValues[] = [];
  const { temperatures } = series.row;
  let labels: Int32Array | undefined;
  for (const [r, record] of series.records.entries()) {
    const predictions = await checkedPredictions(record, options.split);
    labels ??= predictions.labels;
    runs.push(rowValues(predictions));
    // Either every run of the group has a temperature or the scaled diagram would mix.
    if (temperatures.length === series.row.folders.length) {
      scaled.push(rowValues(predictions, temperatures[r]!));
    }
  }
  return {
    series,
    rows: runs.reduce((sum, { correct }) => sum + correct.length, 0),
    plain: reliability(runs, options),
    ...(scaled.length > 0 ? { scaled: reliability(scaled, options) } : {}),
    histogram: histogramOf(runs),
    risks: curveOf(runs),
    runs,
    labels: labels!,
  };
}
