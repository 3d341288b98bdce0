import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readCheckpoint } from "./checkpoints.ts";
import { type JsonObject, readJson } from "./json-file.ts";
import { configFile, manifestFile, metricsFile, namesIn, predictionFolder } from "./layout.ts";
import { type MetricsRow, readMetrics } from "./metrics-file.ts";
import { loadPredictions, type Predictions } from "./predictions.ts";
import type { SafetensorsFile } from "./safetensors.ts";
import { type RunStatus, readStatus } from "./status.ts";

/** A run folder as it was when it was read. */
export interface RunRecord {
  readonly folder: string;
  readonly config: JsonObject;
  readonly manifest: JsonObject;
  readonly status: RunStatus;
  /** The complete lines of metrics.jsonl. */
  readonly metrics: readonly MetricsRow[];
  /** What was left out while reading, such as a torn last line. */
  readonly warnings: readonly string[];
  /** Reads checkpoints/`name`.safetensors. */
  loadCheckpoint(name: string): Promise<SafetensorsFile>;
  /** Reads predictions/`split`.safetensors. */
  predictions(split: string): Promise<Predictions>;
  /** The splits that have predictions, sorted. */
  splits(): Promise<string[]>;
}

/**
 * Reads a run folder and changes nothing in it, finished or not.
 *
 * @throws {@link RunError} `ERR_NOT_A_RUN` if a file of a run is missing, `ERR_BAD_FILE` if one is broken.
 */
export async function readRun(folder: string): Promise<RunRecord> {
  const { rows, warnings } = await readMetrics(metricsFile(folder));
  return {
    folder,
    config: await readJson(configFile(folder)),
    manifest: await readJson(manifestFile(folder)),
    status: await readStatus(folder),
    metrics: rows,
    warnings,
    loadCheckpoint: (name) => readCheckpoint(folder, name),
    predictions: (split) => loadPredictions(folder, split),
    splits: () => namesIn(predictionFolder(folder)),
  };
}

async function runsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && entry.name === "status.json")) return [folder];
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => runsBelow(join(folder, entry.name)));
  return (await Promise.all(below)).flat();
}

/**
 * The run folders at or below `folder`, sorted; a run's own subfolders are not searched.
 *
 * @param folder - Where to look. Links are not followed.
 * @returns Paths that start with `folder`; none if it does not exist.
 */
export async function listRuns(folder: string): Promise<string[]> {
  try {
    return (await runsBelow(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
