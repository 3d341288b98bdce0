// A file is either its old self or its new self, whenever the process or the machine stops.
import { open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tellNoSpace } from "./no-space.ts";

/** Ends the names of files that are being written. */
export const TEMPORARY = ".tmp";
let counter = 0;

/** Makes a finished rename durable: the entry lives in the folder, not in the file. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for this.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Options of {@link writeAtomically}. */
export interface AtomicOptions {
  /** Done once everything is written, before an existing file is replaced. */
  readonly beforeReplacing?: () => Promise<void>;
}

/**
 * Writes the chunks to a temporary neighbour, flushes it, and renames it over `path`.
 *
 * @throws {@link RunError} `ERR_NO_SPACE` if the disk is full; what was at `path` is still there.
 */
export async function writeAtomically(
  path: string,
  chunks: Iterable<Uint8Array>,
  { beforeReplacing }: AtomicOptions = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.${counter++}${TEMPORARY}`;
  try {
    const handle = await open(temporary, "wx");
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await beforeReplacing?.();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw tellNoSpace(error, path);
  }
  await syncFolder(dirname(path));
}

/** Removes what a killed writer left half written in `folder`. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(
    names.filter((name) => name.endsWith(TEMPORARY)).map((name) => rm(join(folder, name))),
  );
}
