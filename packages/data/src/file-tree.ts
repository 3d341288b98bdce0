import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareNames } from "./compare-names.ts";
import { DataError } from "./error.ts";

/** Files below a folder, or in an archive; paths are relative, with `/`. */
export interface FileTree {
  /** In order. */
  readonly files: readonly string[];
  readonly folders: ReadonlySet<string>;
  /** What a message calls a path. */
  locate(path: string): string;
  read(path: string): Promise<Buffer>;
}

interface Found {
  readonly files: string[];
  readonly folders: Set<string>;
}

/** Links are followed; one that leads back to a folder around it is refused. */
async function walk(root: string, under: string, above: string[], found: Found): Promise<void> {
  const folder = join(root, under);
  const real = await realpath(folder);
  if (above.includes(real)) {
    throw new DataError(
      folder,
      undefined,
      "expected a folder of its own, got a link to one around it",
    );
  }
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = under === "" ? entry.name : `${under}/${entry.name}`;
    const kind = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => entry) : entry;
    if (kind.isFile()) found.files.push(path);
    if (!kind.isDirectory()) continue;
    found.folders.add(path);
    await walk(root, path, [...above, real], found);
  }
}

/** Everything below a folder. */
export async function readTree(root: string): Promise<FileTree> {
  const found: Found = { files: [], folders: new Set() };
  await walk(root, "", [], found);
  const locate = (path: string): string => join(root, path);
  return {
    files: found.files.sort(compareNames),
    folders: found.folders,
    locate,
    read: (path) => readFile(locate(path)),
  };
}

/** The part of a tree that lies below one of its folders. */
export function subtree(tree: FileTree, folder: string): FileTree {
  const prefix = folder === "" ? "" : `${folder.replace(/\/+$/, "")}/`;
  const below = (paths: Iterable<string>): string[] =>
    Array.from(paths)
      .filter((path) => path.startsWith(prefix) && path !== prefix)
      .map((path) => path.slice(prefix.length));
  return {
    files: below(tree.files),
    folders: new Set(below(tree.folders)),
    locate: (path) => tree.locate(prefix + path),
    read: (path) => tree.read(prefix + path),
  };
}
