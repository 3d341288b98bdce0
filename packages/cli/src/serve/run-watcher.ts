// Which runs there are below a folder, where they stand, and what has changed since the last look.
import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { listRuns, readRun } from "@sd/runs";

/** A run as the page lists it. */
export interface WatchedRun {
  /** Its folder, relative to what is watched; with `/`. */
  readonly id: string;
  readonly method: string;
  readonly model: string;
  readonly seed: number | null;
  readonly generation: number;
  readonly state: string;
  readonly epoch: number;
  readonly epochs: number | null;
  readonly accuracy: number | null;
  readonly imagesPerSecond: number | null;
  readonly updatedAt: string;
  readonly problem: string | null;
}

/** What differs from the last look. */
export interface Changes {
  readonly runs: readonly WatchedRun[];
  readonly gone: readonly string[];
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

async function readWatched(folder: string, id: string): Promise<WatchedRun> {
  const { config, status, metrics } = await readRun(folder);
  const method = (config.method ?? {}) as { readonly label?: unknown; readonly name?: unknown };
  const last = metrics.at(-1);
  return {
    id,
    method: textOf(method.label) ?? textOf(method.name) ?? "",
    model: textOf(config.model) ?? "",
    seed: numberOf(config.seed),
    generation: numberOf(config.generation) ?? 0,
    state: status.state,
    epoch: last === undefined ? 0 : last.epoch + 1,
    epochs: numberOf(config.epochs),
    accuracy: numberOf(last?.validationAccuracy),
    imagesPerSecond: numberOf(last?.imagesPerSecond),
    updatedAt: status.updatedAt,
    problem: textOf(status.error),
  };
}

/** A run that cannot be read is listed with the reason. */
const unreadable = (id: string, error: unknown): WatchedRun => ({
  ...{ id, method: "", model: "", seed: null, generation: 0, epoch: 0, epochs: null },
  ...{ accuracy: null, imagesPerSecond: null, updatedAt: "" },
  state: "unreadable",
  problem: (error as Error).message,
});

/** When the files last changed that a run's line is made of. */
async function versionOf(folder: string): Promise<string> {
  const files = ["status.json", "metrics.jsonl"].map((name) => join(folder, name));
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return stats.map((one) => (one ? `${one.mtimeMs}:${one.size}:${one.ino}` : "-")).join(" ");
}

/** Looks at the runs below a folder again and again, and reads those that have changed. */
export class RunWatcher {
  readonly #folder: string;
  readonly #versions = new Map<string, string>();
  readonly #runs = new Map<string, WatchedRun>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All runs as they were at the last look, by folder. */
  get runs(): WatchedRun[] {
    return [...this.#runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether a run of this name was seen; only those are ever read for a visitor. */
  has(id: string): boolean {
    return this.#runs.has(id);
  }

  async look(): Promise<Changes> {
    const folders = await listRuns(this.#folder);
    const ids = new Set<string>();
    const runs: WatchedRun[] = [];
    for (const folder of folders) {
      const id = relative(this.#folder, folder).split("\\").join("/") || ".";
      ids.add(id);
      const version = await versionOf(folder);
      if (this.#versions.get(id) === version) continue;
      this.#versions.set(id, version);
      const run = await readWatched(folder, id).catch((error: unknown) => unreadable(id, error));
      this.#runs.set(id, run);
      runs.push(run);
    }
    const gone = [...this.#runs.keys()].filter((id) => !ids.has(id));
    for (const id of gone) {
      this.#runs.delete(id);
      this.#versions.delete(id);
    }
    return { runs, gone };
  }
}
