// Images of one's own: a folder for each class, perhaps below folders for training and test.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError, readImageFolder } from "@sd/data";
import { UsageError } from "../errors.ts";
import type { SourceImages } from "./data.ts";

/** What people call the folder of test images. */
const TESTS = ["test", "val", "valid", "validation"] as const;

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * Reads images in class folders. Where the folder has `train` and one of `test`, `val`, `valid` and `validation`, the classes are
 * looked for in there, and the second holds the test images.
 *
 * @param path - A folder, or an archive.
 * @param size - The side in pixels that images are brought to.
 */
export async function openImageFolders(path: string, size: number): Promise<SourceImages> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UsageError(`data.images: ${path}: there is no such folder`);
  const names = found.isDirectory() ? await foldersIn(path) : [];
  const test = names.includes("train") ? TESTS.find((name) => names.includes(name)) : undefined;
  if (test === undefined) return { train: await readImageFolder(path, { size }) };
  const [train, tests] = await Promise.all([
    readImageFolder(join(path, "train"), { size, name: "train" }),
    readImageFolder(join(path, test), { size, name: test }),
  ]);
  if (train.classNames.join("\n") !== tests.classNames.join("\n")) {
    throw new DataError(
      join(path, test),
      undefined,
      `expected the same classes as in train: ${train.classNames.join(", ")}; got ${tests.classNames.join(", ")}`,
    );
  }
  return { train, test: tests };
}
