// Checkpoints under a name, and those that had it before: `last`, `last-1`, `last-2`, newest first.
import { rename, rm } from "node:fs/promises";
import { RunError } from "./error.ts";
import { checkpointFile, checkpointFolder, namesIn } from "./layout.ts";
import {
  readSafetensors,
  type SafetensorsFile,
  type TensorMap,
  writeTensors,
} from "./safetensors.ts";

/** What else is said of a checkpoint that is saved. */
export interface CheckpointOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * How many checkpoints of this name stay, this one included; the earlier ones are called `name-1`, `name-2` and so on.
   * @defaultValue 1
   */
  readonly keep?: number;
}

/** What else is said of a checkpoint that is loaded. */
export interface NewestOptions {
  /** Told of each damaged checkpoint that is passed over. */
  readonly onDamaged?: (error: RunError) => void;
}

/** Reads checkpoints/`name`.safetensors; one that was damaged is refused. */
export async function readCheckpoint(folder: string, name: string): Promise<SafetensorsFile> {
  return readSafetensors(checkpointFile(folder, name), { checksum: "required" });
}

const nameOf = (name: string, age: number): string => (age === 0 ? name : `${name}-${age}`);

/** The ages at which `name` has a checkpoint, ascending. */
async function agesOf(folder: string, name: string): Promise<number[]> {
  return (await namesIn(checkpointFolder(folder)))
    .map((found) => {
      if (found === name) return 0;
      const rest = found.startsWith(`${name}-`) ? found.slice(name.length + 1) : "";
      return /^[1-9]\d{0,8}$/.test(rest) ? Number(rest) : Number.NaN;
    })
    .filter((age) => age >= 0)
    .sort((a, b) => a - b);
}

/**
 * Makes room for a new checkpoint: each gets one older, the oldest go. Each step is one rename, so that a kill between
 * two leaves a gap, and nothing is lost.
 */
async function age(folder: string, name: string, keep: number): Promise<void> {
  for (const old of (await agesOf(folder, name)).reverse()) {
    const path = checkpointFile(folder, nameOf(name, old));
    if (old + 1 < keep) await rename(path, checkpointFile(folder, nameOf(name, old + 1)));
    // The newest is replaced by a rename.
    else if (old > 0) await rm(path);
  }
}

/** Writes a checkpoint; the earlier ones of its name are touched only once it is on the disk. */
export async function saveCheckpoint(
  folder: string,
  name: string,
  tensors: TensorMap,
  { metadata = {}, keep = 1 }: CheckpointOptions = {},
): Promise<void> {
  const path = checkpointFile(folder, name);
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new RunError(
      "ERR_BAD_VALUE",
      path,
      `expected \`keep\` to be a positive integer, got ${keep}`,
    );
  }
  await writeTensors(path, tensors, metadata, { beforeReplacing: () => age(folder, name, keep) });
}

/**
 * Reads the newest checkpoint of a name that is whole; it has that very name from then on.
 *
 * @returns undefined where there is none, damaged or not.
 */
export async function loadNewest(
  folder: string,
  name: string,
  { onDamaged }: NewestOptions = {},
): Promise<SafetensorsFile | undefined> {
  let first: RunError | undefined;
  for (const old of await agesOf(folder, name)) {
    try {
      const checkpoint = await readCheckpoint(folder, nameOf(name, old));
      // Over a damaged one, which must not make a whole one leave when it gets older.
      if (old > 0) {
        await rename(checkpointFile(folder, nameOf(name, old)), checkpointFile(folder, name));
      }
      return checkpoint;
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      onDamaged?.(error);
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
  return undefined;
}
