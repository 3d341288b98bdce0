// One run's predictions, judged.
import {
  bootstrap,
  calibrationNullFloor,
  evaluateClassifier,
  fitTemperature,
  quantiles,
  riskCoverage,
} from "@sd/metrics";
import type { Predictions, RunRecord } from "@sd/runs";
import { seedOf } from "./identity.ts";
import type { MetricName } from "./metric-table.ts";
import { rowValues, weightedMetrics } from "./row-values.ts";

export type Interval = readonly [number, number];

/** What a single run's rows say of its values; runs of several seeds have none. */
export interface Resampled {
  readonly intervals: Readonly<Record<string, Interval>>;
  /** The metrics that are compared, on each resample; the resamples are the same for equal numbers of rows. */
  readonly samples: Readonly<Record<string, Float64Array>>;
  /** 1 where the prediction is right. */
  readonly correct: Uint8Array;
}

/** A run's numbers, without its predictions. */
export interface RunValues {
  readonly seed: number;
  readonly images: number;
  readonly classes: number;
  /** Equal for equal test labels. */
  readonly labelsKey: string;
  readonly temperature: number | undefined;
  readonly values: Readonly<Record<MetricName, number>>;
  readonly resampled?: Resampled;
}

/** How a run is judged. */
export interface EvaluateOptions {
  readonly split: string;
  readonly bins: number;
  /** Bootstrap resamples; none are drawn where it is 0. */
  readonly resamples: number;
  /** Draws of the calibration error that chance alone makes; with 0 it is not known. */
  readonly floorDraws: number;
  readonly seed: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2;
};

const finite = (values: readonly unknown[]): number[] =>
  values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));

/** The median over epochs; the first one compiles and warms up. */
function speedOf({ metrics, manifest }: RunRecord): number {
  const speeds = finite(metrics.map((row) => row.imagesPerSecond));
  if (speeds.length === 0) return finite([manifest.imagesPerSecond])[0] ?? Number.NaN;
  return median(speeds.length > 1 ? speeds.slice(1) : speeds);
}

/** The seconds of all epochs. */
function trainingTimeOf({ metrics }: RunRecord): number {
  const seconds = finite(metrics.map((row) => row.seconds));
  return seconds.length === 0 ? Number.NaN : seconds.reduce((a, b) => a + b, 0);
}

/** A 32-bit hash (FNV-1a) of the labels, and their number: enough to tell test sets apart. */
function labelsKeyOf({ labels, shape }: Predictions): string {
  let hash = 0x811c9dc5;
  for (const label of labels) hash = Math.imul(hash ^ label, 0x01000193);
  return `${shape.join("×")} ${hash >>> 0}`;
}

/** Logits that no probability follows from. */
function checkLogits({ logits, shape: [n, k] }: Predictions, split: string): void {
  for (let i = 0; i < n; i++) {
    let max = -Infinity;
    for (let c = 0; c < k; c++) {
      const logit = logits[i * k + c]!;
      if (Number.isNaN(logit) || logit === Infinity) {
        throw new Error(`predictions of ${split}: row ${i} has a logit of ${logit}`);
      }
      if (logit > max) max = logit;
    }
    if (max === -Infinity)
      throw new Error(`predictions of ${split}: row ${i} excludes every class`);
  }
}

/** Whether an error says that a file is not there. */
const isMissing = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";

/** A run's predictions, checked; undefined where there are none of that split. */
async function predictionsOf(record: RunRecord, split: string): Promise<Predictions | undefined> {
  try {
    const predictions = await record.predictions(split);
    checkLogits(predictions, split);
    return predictions;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A run's predictions, checked; an error that says which there are instead where there are none. */
export async function checkedPredictions(record: RunRecord, split: string): Promise<Predictions> {
  const predictions = await predictionsOf(record, split);
  if (predictions !== undefined) return predictions;
  const there = (await record.splits()).join(", ") || "nothing";
  throw new Error(`there are no predictions of ${split}, only of ${there}`);
}

/** The temperature that a run's validation predictions ask for; undefined without any. */
async function temperatureOf(record: RunRecord): Promise<number | undefined> {
  const validation = await predictionsOf(record, "validation");
  if (validation === undefined || validation.shape[0] === 0) return undefined;
  const { logits, labels, shape } = validation;
  return fitTemperature(logits, labels, shape).temperature;
}

/** Judges a run: every metric, and what its rows say of their spread where resamples are asked for. */
export async function evaluateRun(
  record: RunRecord,
  { split, bins, resamples, floorDraws, seed }: EvaluateOptions,
): Promise<RunValues> {
  const predictions = await checkedPredictions(record, split);
  const temperature = await temperatureOf(record);
  const { logits, labels, shape } = predictions;
  const scale = temperature === undefined ? {} : { temperature };
  const again = { resamples, seed };
  const evaluation = evaluateClassifier(logits, labels, shape, {
    bins,
    ...scale,
    ...(resamples > 0 ? { bootstrap: again } : {}),
  });
  const floor = (options: { temperature?: number }): number =>
    floorDraws === 0
      ? Number.NaN
      : calibrationNullFloor(logits, labels, shape, { bins, seed, draws: floorDraws, ...options })
          .upper;
  const { nllScaled, eceScaled, ...always } = evaluation;
  const estimates = {
    ...always,
    ...(nllScaled ? { nllScaled } : {}),
    ...(eceScaled ? { eceScaled } : {}),
  };
  const values = {
    nllScaled: Number.NaN,
    eceScaled: Number.NaN,
    ...Object.fromEntries(Object.entries(estimates).map(([name, { value }]) => [name, value])),
    aurc: riskCoverage(logits, labels, shape).area,
    eceFloor: floor({}),
    eceFloorScaled: temperature === undefined ? Number.NaN : floor(scale),
    imagesPerSecond: speedOf(record),
    trainingTime: trainingTimeOf(record),
  } as Record<MetricName, number>;
  const facts = {
    ...{ seed: seedOf(record), images: shape[0], classes: shape[1], temperature, values },
    labelsKey: labelsKeyOf(predictions),
  };
  if (resamples === 0) return facts;
  const plain = rowValues(predictions);
  const scaled = temperature === undefined ? undefined : rowValues(predictions, temperature);
  const samples = bootstrap(weightedMetrics(plain, scaled, bins), shape[0], again);
  const intervals = Object.entries(estimates).map(([name, { interval }]) => [name, interval!]);
  return {
    ...facts,
    resampled: {
      intervals: {
        ...Object.fromEntries(intervals),
        aurc: quantiles(samples.aurc!, [0.025, 0.975]),
      },
      samples,
      correct: plain.correct,
    },
  };
}
