// The finished runs of a study, with what they predicted.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fitTemperature } from "@sd/metrics";
import { readRecords } from "@sd/report";
import type { Predictions, RunRecord } from "@sd/runs";

/** A finished run. */
export interface Run {
  readonly record: RunRecord;
  readonly method: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly generation: number;
  readonly seed: number;
  /** The share of wrong training labels. */
  readonly noise: number;
  /** The run that taught this one. */
  readonly teacher: string | undefined;
  readonly test: Predictions;
  /** What temperature scaling on the validation images asks for. */
  readonly temperature: number;
  /** Percentage points by which validation accuracy still rises in the last fifth of the schedule. */
  readonly rise: number;
}

/** Above this a run is undertrained. */
export const MOST_RISE = 1;

export const isUndertrained = ({ rise }: Run): boolean => rise > MOST_RISE;

/**
 * How far validation accuracy rises within the last fifth of the epochs, each taken as the mean of itself and its neighbours: from the
 * first epoch of the fifth to the last one with two neighbours, in percentage points. 0 where the fifth is too short to tell.
 */
export function riseOf(accuracies: readonly number[]): number {
  const n = accuracies.length;
  const first = n - Math.floor(n / 5);
  const last = n - 2;
  if (first < 1 || last <= first) return 0;
  const smooth = (e: number): number =>
    (accuracies[e - 1]! + accuracies[e]! + accuracies[e + 1]!) / 3;
  return 100 * (smooth(last) - smooth(first));
}

interface Config {
  readonly method: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly generation: number;
  readonly seed: number;
  readonly data: { readonly noise?: { readonly rate?: number } };
  readonly teacher?: { readonly run?: string };
}

async function readOne(record: RunRecord): Promise<Run> {
  const { method, generation, seed, data, teacher } = record.config as unknown as Config;
  const { logits, labels, shape } = await record.predictions("validation");
  return {
    record,
    method: method.name,
    options: method.options,
    ...{ generation, seed },
    noise: data.noise?.rate ?? 0,
    teacher: teacher?.run === undefined ? undefined : resolve(record.folder, teacher.run),
    test: await record.predictions("test"),
    temperature: fitTemperature(logits, labels, shape).temperature,
    rise: riseOf(record.metrics.map(({ validationAccuracy }) => Number(validationAccuracy))),
  };
}

/** The finished runs of a study, and how many are not. */
export interface StudyRuns {
  readonly runs: readonly Run[];
  readonly unfinished: number;
}

/** The runs in a study's folder; none where there is no such folder. */
export async function readStudy(folder: string): Promise<StudyRuns> {
  if (!existsSync(folder)) return { runs: [], unfinished: 0 };
  const { records, leftOut } = await readRecords(folder);
  const done = records.filter(({ status }) => status.state === "done");
  return {
    runs: await Promise.all(done.map(readOne)),
    unfinished: records.length - done.length + leftOut.length,
  };
}
