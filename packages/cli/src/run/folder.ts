// The folder that a run is made in.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { UsageError } from "../errors.ts";

/** `runs/` and the configuration's name. */
export const defaultFolder = (file: string): string =>
  join("runs", basename(file, extname(file)) || "run");

/**
 * Removes the run in `folder` where `force` says so. Nothing but a run is ever removed.
 *
 * @throws UsageError where the folder holds something that is no run.
 */
export async function clearRun(folder: string, force: boolean): Promise<void> {
  if (!force || !existsSync(folder)) return;
  const isRun = ["status.json", "config.json"].every((name) => existsSync(join(folder, name)));
  if (!isRun) throw new UsageError(`--force: ${folder} holds no run, and is left as it is`);
  await rm(folder, { recursive: true });
}
