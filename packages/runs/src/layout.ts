// The names of the files in a run folder.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "./error.ts";

const EXTENSION = ".safetensors";

/** A name that is one harmless path component on every system. */
function checkName(folder: string, kind: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new RunError(
      "ERR_BAD_NAME",
      folder,
      `expected the ${kind} to be letters, digits, dots, dashes or underscores, got ${JSON.stringify(name)}`,
    );
  }
  return name + EXTENSION;
}

export const configFile = (folder: string): string => join(folder, "config.json");
export const manifestFile = (folder: string): string => join(folder, "manifest.json");
export const metricsFile = (folder: string): string => join(folder, "metrics.jsonl");
export const statusFile = (folder: string): string => join(folder, "status.json");
export const lockFile = (folder: string): string => join(folder, "lock.json");
export const checkpointFolder = (folder: string): string => join(folder, "checkpoints");
export const predictionFolder = (folder: string): string => join(folder, "predictions");

export const checkpointFile = (folder: string, name: string): string =>
  join(checkpointFolder(folder), checkName(folder, "checkpoint", name));

export const predictionFile = (folder: string, split: string): string =>
  join(predictionFolder(folder), checkName(folder, "split", split));

export const failureFile = (folder: string, name: string): string =>
  join(folder, "failures", checkName(folder, "failure", name));

/** The names in `folder` that have the tensor extension, without it, sorted. */
export async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}
