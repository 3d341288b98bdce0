// One run from its settings: images, method, teacher, training.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { EventFile, type MetricsRow, type RunRecord, readRun } from "@sd/runs";
import {
  type Engine,
  loadTeacher,
  type Progress,
  type Teacher,
  type TrainData,
  type TrainResult,
  train,
} from "@sd/trainer-gpu";
import type { RunSettings } from "../config/settings.ts";
import { UsageError } from "../errors.ts";
import { type DataPlace, openImages, prepareData } from "./data.ts";
import { writeImageSource } from "./image-source.ts";
import { methodOf, trainSettings } from "./options.ts";

/** What a run needs besides its settings. */
export interface RunContext {
  readonly folder: string;
  readonly engine: Engine;
  readonly place: DataPlace;
  readonly signal: AbortSignal;
  /** Whether TensorBoard's event files are written too. */
  readonly tensorboard?: boolean | undefined;
  /** Threads that make batches ahead. */
  readonly workers?: number | undefined;
  /** Is told what a person should know. */
  readonly onWarning?: (message: string) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** The images of a run. */
export async function runData(settings: RunSettings, place: DataPlace): Promise<TrainData> {
  const { data, seed } = settings;
  return prepareData(await openImages(data, place), data, { seed, place });
}

async function teacherOf(
  { teacher, method }: RunSettings,
  base: string,
): Promise<Teacher | undefined> {
  if (!methodOf(method).signals.includes("teacher")) return undefined;
  if (teacher === undefined) {
    throw new UsageError(
      `${method.name} needs a teacher: give --teacher FOLDER, or let sd distil train one first`,
    );
  }
  return loadTeacher(resolve(base, teacher));
}

/** Writes the epochs of a run as TensorBoard's events, from those on that there are; what it gives must be waited for. */
async function follow(
  folder: string,
): Promise<{ add(row: MetricsRow): void; end(): Promise<void> }> {
  const begun = existsSync(join(folder, "status.json"));
  const file = await EventFile.create(folder, begun ? (await readRun(folder)).metrics : []);
  let written = Promise.resolve();
  return {
    add(row) {
      written = written.then(() => file.append(row));
    },
    end: () => written,
  };
}

/** Makes one run, or goes on with it; a run that is done is left as it is. */
export async function trainRun(settings: RunSettings, context: RunContext): Promise<TrainResult> {
  const { folder, engine, place, signal, onProgress, tensorboard = false } = context;
  const { workers, onWarning } = context;
  const data = await runData(settings, place);
  const events = tensorboard ? await follow(folder) : undefined;
  try {
    const result = await train({
      ...trainSettings(settings),
      method: methodOf(settings.method),
      ...{ folder, engine, data, signal },
      ...(workers === undefined ? {} : { workers }),
      ...(onWarning ? { onWarning } : {}),
      predictTrain: settings.predictTrain ?? false,
      teacher: await teacherOf(settings, place.base),
      onProgress(progress) {
        const { epoch, metrics } = progress;
        if (metrics) events?.add({ ...metrics, epoch });
        onProgress?.(progress);
      },
    });
    await writeImageSource(folder, {
      data: settings.data,
      place: { ...place, folder: resolve(place.folder) },
    });
    return result;
  } finally {
    await events?.end();
  }
}

/** What a command says of a run that has ended. */
export interface RunSummary {
  readonly folder: string;
  readonly state: string;
  readonly bestEpoch: number | null;
  readonly validationAccuracy: number | null;
}

/** The run in a folder, in a few numbers. */
export async function summarise(folder: string): Promise<RunSummary> {
  const { status }: RunRecord = await readRun(folder);
  const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
  return {
    folder,
    state: status.state,
    bestEpoch: number(status.bestEpoch),
    validationAccuracy: number(status.validationAccuracy),
  };
}
