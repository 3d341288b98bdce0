// Run folders from people's disks: some are damaged, and none of these may stop the others.
import { listRuns, type RunRecord, readRun } from "@sd/runs";
import { mapBounded } from "./bounded.ts";
import type { LeftOut } from "./groups.ts";

/** What {@link readRecords} found. */
export interface ReadRecords {
  /** Runs in any state, in the order given and sorted below each folder. */
  readonly records: readonly RunRecord[];
  /** Folders whose files cannot be read as a run's. */
  readonly leftOut: readonly LeftOut[];
}

/** How many run folders are read at once: enough to keep a disk busy, few enough for any limit on open files. */
const READERS = 16;

/** Deeper than any configuration, and shallow enough for whatever walks through it. */
const DEEPEST = 50;

/** How deep objects and lists are nested, at most one more than {@link DEEPEST}. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}

/** What in a configuration cannot be reported on; undefined where all is well. */
function faultOf({ config, manifest }: RunRecord): string | undefined {
  if (isTooDeep(config)) return "config.json: nested too deeply";
  if (isTooDeep(manifest)) return "manifest.json: nested too deeply";
  const { method, seed = 0, generation = 0 } = config;
  const isObject = typeof method === "object" && method !== null && !Array.isArray(method);
  if (method !== undefined && !isObject) return "config.json: expected `method` to be an object";
  const { name = "", label = "" } = (method ?? {}) as Record<string, unknown>;
  if (typeof name !== "string") return "config.json: expected `method.name` to be a string";
  if (typeof label !== "string") return "config.json: expected `method.label` to be a string";
  if (!Number.isSafeInteger(seed)) return "config.json: expected `seed` to be an integer";
  if (!Number.isSafeInteger(generation) || Number(generation) < 0) {
    return "config.json: expected `generation` to be a non-negative integer";
  }
  return undefined;
}

/** What an error says, in one line, without the folder it happened in. */
export function reasonOf(error: unknown, folder: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split("\n")[0]!.replaceAll(`${folder}/`, "").replaceAll(folder, "");
  return line.slice(0, 300) || "it cannot be read";
}

async function readOne(folder: string): Promise<RunRecord | LeftOut> {
  try {
    const record = await readRun(folder);
    const reason = faultOf(record);
    return reason === undefined ? record : { folder, reason };
  } catch (error) {
    return { folder, reason: reasonOf(error, folder) };
  }
}

/**
 * Reads the run folders at or below the given ones; a damaged one is named, and does not keep the others from being read.
 *
 * @param folders - Run folders, or folders that hold some; each run is read once.
 * @returns Records in any state, and what was left out with the reason.
 */
export async function readRecords(folders: string | readonly string[]): Promise<ReadRecords> {
  const lists = await mapBounded([folders].flat(), READERS, listRuns);
  const all = await mapBounded([...new Set(lists.flat())], READERS, readOne);
  return {
    records: all.filter((item): item is RunRecord => !("reason" in item)),
    leftOut: all.filter((item): item is LeftOut => "reason" in item),
  };
}
