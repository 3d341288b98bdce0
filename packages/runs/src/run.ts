import { access, mkdir } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { removeTemporaries } from "./atomic.ts";
import {
  type CheckpointOptions,
  loadNewest,
  type NewestOptions,
  readCheckpoint,
  saveCheckpoint,
} from "./checkpoints.ts";
import { RunError } from "./error.ts";
import { type JsonObject, readJson, writeJson } from "./json-file.ts";
import {
  checkpointFolder,
  configFile,
  failureFile,
  lockFile,
  manifestFile,
  metricsFile,
  predictionFolder,
  statusFile,
} from "./layout.ts";
import { acquireLock, type Lock } from "./lock.ts";
import { appendRow, type MetricsRow, readMetrics, truncateRows } from "./metrics-file.ts";
import { loadPredictions, type Predictions, savePredictions } from "./predictions.ts";
import { type SafetensorsFile, type TensorMap, writeSafetensors } from "./safetensors.ts";
import {
  type RunState,
  type RunStatus,
  readStatus,
  type StatusDetail,
  writeStatus,
} from "./status.ts";

/** What a run is created from. */
export interface RunOptions {
  /** Resolved and complete: enough to repeat the run. JSON values only. */
  readonly config: object;
  /** What the run found: versions, engine, device, seeds, checksums. JSON values only. */
  readonly manifest: object;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What a {@link Run} is made of. */
interface RunParts {
  readonly folder: string;
  readonly config: JsonObject;
  readonly manifest: JsonObject;
  readonly status: RunStatus;
  readonly lock: Lock;
}

/**
 * A run folder open for writing, by one process at a time. Made by {@link createRun} or
 * {@link openRun}; given back by `close`.
 */
export class Run {
  readonly folder: string;
  readonly config: JsonObject;
  readonly manifest: JsonObject;
  readonly #lock: Lock;
  #status: RunStatus;

  /** @internal */
  constructor({ folder, config, manifest, status, lock }: RunParts) {
    this.folder = folder;
    this.config = config;
    this.manifest = manifest;
    this.#status = status;
    this.#lock = lock;
  }

  /** Lets others write to the folder; nothing may be written through this object any more. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  /** The status as this process last read or wrote it. */
  get status(): RunStatus {
    return this.#status;
  }

  /**
   * Replaces status.json atomically.
   *
   * @param state - The new state.
   * @param detail - Kept beside it, such as the `error` of a failed run.
   */
  async setStatus(state: RunState, detail: StatusDetail = {}): Promise<void> {
    this.#status = await writeStatus(this.folder, state, detail);
  }

  /**
   * Appends one line to metrics.jsonl and flushes it. NaN and infinities are kept.
   *
   * @param row - The epoch and its numbers.
   * @throws {@link RunError} `ERR_BAD_VALUE` on a negative or fractional epoch or other types.
   */
  async appendMetrics(row: MetricsRow): Promise<void> {
    await appendRow(metricsFile(this.folder), row);
  }

  /**
   * Cuts a torn last line and every line from the first later epoch on: what a resume does first.
   *
   * @param lastEpoch - The epoch of the checkpoint; -1 keeps nothing.
   * @returns The rows that stay.
   */
  truncateMetrics(lastEpoch: number): Promise<MetricsRow[]> {
    return truncateRows(metricsFile(this.folder), lastEpoch);
  }

  /**
   * Writes checkpoints/`name`.safetensors, atomically, with a checksum.
   *
   * @param name - Letters, digits, dots, dashes, underscores.
   * @throws {@link RunError} `ERR_NO_SPACE` if the disk is full; the earlier checkpoints are still there.
   */
  async saveCheckpoint(
    name: string,
    tensors: TensorMap,
    options: CheckpointOptions = {},
  ): Promise<void> {
    await saveCheckpoint(this.folder, name, tensors, options);
  }

  /** Reads checkpoints/`name`.safetensors. */
  async loadCheckpoint(name: string): Promise<SafetensorsFile> {
    return readCheckpoint(this.folder, name);
  }

  /**
   * Reads the newest checkpoint that was saved under `name` and is whole, passing over damaged ones; from then on it is
   * checkpoints/`name`.safetensors.
   *
   * @returns undefined where none was saved.
   * @throws {@link RunError} `ERR_BAD_FILE` where all are damaged.
   */
  async loadNewestCheckpoint(
    name: string,
    options: NewestOptions = {},
  ): Promise<SafetensorsFile | undefined> {
    return loadNewest(this.folder, name, options);
  }

  /**
   * Writes failures/`name`.safetensors, atomically: what a run had in hand when it failed.
   *
   * @returns The file, relative to the run folder.
   */
  async saveFailure(
    name: string,
    tensors: TensorMap,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const path = failureFile(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeSafetensors(path, tensors, metadata);
    return relative(this.folder, path).replaceAll("\\", "/");
  }

  /** Writes predictions/`split`.safetensors, atomically. */
  async savePredictions(split: string, predictions: Predictions): Promise<void> {
    await savePredictions(this.folder, split, predictions);
  }

  /** Reads predictions/`split`.safetensors. */
  loadPredictions(split: string): Promise<Predictions> {
    return loadPredictions(this.folder, split);
  }
}

/** Does `work` with the lock of `folder`, which is kept only where that succeeds. */
async function locked(folder: string, work: (lock: Lock) => Promise<Run>): Promise<Run> {
  const lock = await acquireLock(lockFile(folder));
  try {
    return await work(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Reads what is there, and clears what a killed process left half written. */
async function open(folder: string, lock: Lock): Promise<Run> {
  const status = await readStatus(folder);
  const config = await readJson(configFile(folder));
  const manifest = await readJson(manifestFile(folder));
  for (const part of [folder, checkpointFolder(folder), predictionFolder(folder)]) {
    await mkdir(part, { recursive: true });
    await removeTemporaries(part);
  }
  // An append after a torn line would spoil both.
  const { warnings } = await readMetrics(metricsFile(folder));
  if (warnings.length > 0) await truncateRows(metricsFile(folder), Number.POSITIVE_INFINITY);
  return new Run({ folder, config, manifest, status, lock });
}

async function refuseRun(folder: string): Promise<void> {
  if (!(await exists(statusFile(folder)))) return;
  throw new RunError("ERR_RUN_EXISTS", folder, "this folder already holds a run");
}

/**
 * Makes a run folder: configuration, manifest, then the status `queued`, which makes it a run.
 *
 * @param folder - Made with its parents where missing; may hold other files, but no run.
 * @throws {@link RunError} `ERR_RUN_EXISTS` if the folder holds a status.json, `ERR_LOCKED` if another process is at it.
 */
export async function createRun(folder: string, { config, manifest }: RunOptions): Promise<Run> {
  await refuseRun(folder);
  await mkdir(folder, { recursive: true });
  return locked(folder, async (lock) => {
    // Another process may have been faster.
    await refuseRun(folder);
    await mkdir(checkpointFolder(folder), { recursive: true });
    await mkdir(predictionFolder(folder), { recursive: true });
    await writeJson(configFile(folder), config);
    await writeJson(manifestFile(folder), manifest);
    // Lines that a killed creation or a deleted status left behind are not this run's.
    await truncateRows(metricsFile(folder), -1);
    await writeStatus(folder, "queued");
    return open(folder, lock);
  });
}

/**
 * Opens a run folder to continue it; clears what a killed process left half written.
 *
 * One process at a time: the lock of a process that has died is taken over, one of another machine or container, which cannot
 * be seen from here, is not.
 *
 * @throws {@link RunError} `ERR_NOT_A_RUN` if a file of a run is missing, `ERR_BAD_FILE` if one is broken, `ERR_LOCKED` with its
 * `holder` if another process has the folder open for writing.
 */
export async function openRun(folder: string): Promise<Run> {
  // No lock is left in a folder that is none of ours.
  await readStatus(folder);
  return locked(folder, (lock) => open(folder, lock));
}
