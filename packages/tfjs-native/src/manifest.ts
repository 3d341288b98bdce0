// A list of files inside each folder that was put into the cache, written when it was complete: what is there later is
// compared with it, so that a truncated library has a name before it is a crash.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const MANIFEST = "installed.json";

/** One file of a folder. */
export interface InstalledFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** What the file was made from: a wheel's requirement, or the compiler. */
  readonly source: string;
}

/** A file that is not as it was installed. */
export interface FileProblem {
  readonly path: string;
  /** Undefined where the list itself is what is wrong. */
  readonly source?: string;
  /** "is missing", "has 12 bytes instead of 34". */
  readonly detail: string;
}

/** The sha256 of a file, in hex. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Writes the list of `files` into `folder`. */
export async function writeManifest(
  folder: string,
  files: readonly InstalledFile[],
): Promise<void> {
  await writeFile(join(folder, MANIFEST), `${JSON.stringify({ files }, null, 1)}\n`);
}

/** The list in `folder`, or undefined where there is none that can be read. */
export async function readManifest(folder: string): Promise<readonly InstalledFile[] | undefined> {
  try {
    const { files } = JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as {
      files: readonly InstalledFile[];
    };
    return Array.isArray(files) && files.length > 0 ? files : undefined;
  } catch {
    return undefined;
  }
}

async function fileProblem(
  folder: string,
  { path, size, sha256: expected, source }: InstalledFile,
  verify: boolean,
): Promise<FileProblem[]> {
  const file = join(folder, path);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return [{ path, source, detail: "is missing" }];
  if (found.size !== size) {
    return [{ path, source, detail: `has ${found.size} bytes instead of ${size}` }];
  }
  if (!verify || (await sha256(file)) === expected) return [];
  return [{ path, source, detail: "has other content than was installed" }];
}

/**
 * What is wrong with `folder`: nothing, a problem a file, or undefined where there is no such folder.
 *
 * @param verify - Read every file and compare its sha256, instead of its size alone.
 */
export async function folderProblems(
  folder: string,
  verify = false,
): Promise<FileProblem[] | undefined> {
  if (!(await stat(folder).catch(() => undefined))) return undefined;
  const files = await readManifest(folder);
  if (files === undefined) return [{ path: MANIFEST, detail: "is missing or cannot be read" }];
  const problems: FileProblem[] = [];
  for (const file of files) problems.push(...(await fileProblem(folder, file, verify)));
  return problems;
}
