import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { DomainError } from "@sd/math";
import { type ArchiveLimits, checkLimits } from "./limits.ts";
import { archiveEntries } from "./read-archive.ts";

/** Options of {@link unpackArchive}. */
export interface UnpackOptions {
  /** What the archive may hold at most. */
  readonly limits?: ArchiveLimits;
  /** Ends the unpacking; what was unpacked is removed. */
  readonly signal?: AbortSignal;
}

/** Removes an empty folder; fails where something is in the way. */
async function makeWay(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (found.length > 0) {
    const detail = `to be absent or empty, got ${found.length} files in ${folder}`;
    throw new DomainError("unpackArchive", "folder", detail);
  }
  await rmdir(folder);
}

async function unpackInto(
  folder: string,
  file: string,
  { limits = {}, signal }: UnpackOptions,
): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of archiveEntries(file, checkLimits("unpackArchive", limits))) {
    signal?.throwIfAborted();
    const path = join(folder, entry.path);
    if (entry.kind === "folder") {
      await mkdir(path, { recursive: true });
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await pipeline(entry.body(), createWriteStream(path, { flags: "wx" }));
    files.push(entry.path);
  }
  return files;
}

/**
 * Unpacks a `.tar`, `.tar.gz` or `.zip` archive that need not be trusted: all of it, or nothing.
 *
 * Refused are names that leave the folder (`..`, absolute, drive letters, backslashes, NUL), links of any kind, devices, names
 * that come twice, and more than `limits` allow. Permissions and times of the archive play no part.
 *
 * @param file - The archive; its kind is told by its first bytes.
 * @param folder - Absent or empty; it appears once everything is unpacked, from a folder beside it.
 * @returns The files, relative to `folder`, in the order of the archive.
 * @throws {@link ArchiveError} with the archive, the entry and where it begins; {@link DataError} if it is no archive;
 * {@link DomainError} if the folder holds something.
 */
export async function unpackArchive(
  file: string,
  folder: string,
  options: UnpackOptions = {},
): Promise<string[]> {
  const target = resolve(folder);
  await makeWay(target);
  await mkdir(dirname(target), { recursive: true });
  const unfinished = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    const files = await unpackInto(unfinished, file, options);
    await rename(unfinished, target);
    return files;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}
