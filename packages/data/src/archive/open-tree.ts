import { stat } from "node:fs/promises";
import { compareNames } from "../compare-names.ts";
import { type FileTree, readTree } from "../file-tree.ts";
import { bodyOf } from "./entry.ts";
import { type ArchiveLimits, checkLimits } from "./limits.ts";
import { archiveEntries } from "./read-archive.ts";

/** What is read of an archive into memory; the rest is only named. */
const WANTED = /\.(jpe?g|png|webp|txt)$/i;

/** The images and texts of an archive, in memory as they are in it. */
async function readArchiveTree(file: string, limits: Required<ArchiveLimits>): Promise<FileTree> {
  const bytes = new Map<string, Buffer>();
  const files: string[] = [];
  const folders = new Set<string>();
  for await (const entry of archiveEntries(file, limits)) {
    if (entry.kind === "folder") {
      folders.add(entry.path);
      continue;
    }
    files.push(entry.path);
    if (WANTED.test(entry.path)) bytes.set(entry.path, await bodyOf(entry));
  }
  return {
    files: files.sort(compareNames),
    folders,
    locate: (path) => (path === "" ? file : `${file}:${path}`),
    read: async (path) => bytes.get(path)!,
  };
}

/** The files below a folder, or in an archive. */
export async function openTree(path: string, limits: ArchiveLimits = {}): Promise<FileTree> {
  const checked = checkLimits("openTree", limits);
  return (await stat(path)).isDirectory() ? readTree(path) : readArchiveTree(path, checked);
}
