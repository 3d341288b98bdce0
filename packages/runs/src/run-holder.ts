import { RunError, type RunHolder } from "./error.ts";
import { lockFile } from "./layout.ts";
import { acquireLock } from "./lock.ts";

/**
 * The process that has a run folder open for writing; undefined where there is none, or no folder.
 *
 * @throws {@link RunError} `ERR_LOCKED` where the lock cannot be read.
 */
export async function runHolder(folder: string): Promise<RunHolder | undefined> {
  try {
    await (await acquireLock(lockFile(folder))).release();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof RunError && error.holder !== undefined) return error.holder;
    throw error;
  }
}
