// What this package puts into the cache folder, by name. Nothing else in that folder is ever touched: a person may have set
// $SD_CACHE_DIR to a folder with other things in it, even to the home folder.
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const HASH = "[0-9a-f]{12}";
const VERSION = String.raw`\d+\.\d+\.\d+`;
const OWN = new RegExp(
  `^(tensorflow-${VERSION}(-cpu|-cuda)?-${HASH}(\\.whl)?|wheel-${HASH}\\.whl|addon-${HASH}|` +
    `tfjs-node-gpu-${VERSION})(\\.\\d+)?$`,
);

/** Whether a name is one that this package gives to what it puts into the cache. */
export const isOwnEntry = (name: string): boolean => OWN.test(name);

/** The bytes of a file, or of everything in a folder; 0 where there is nothing. Links count as links. */
export async function diskUse(path: string): Promise<number> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.size;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => diskUse(join(path, name))));
  return sizes.reduce((a, b) => a + b, 0);
}

/** The paths in `root` that are this package's. */
export async function ownEntries(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  return names.filter(isOwnEntry).map((name) => join(root, name));
}

/** Removes the paths in `root` that are this package's and returns how many bytes they took. */
export async function removeOwnEntries(root: string): Promise<number> {
  let freed = 0;
  for (const path of await ownEntries(root)) {
    freed += await diskUse(path);
    await rm(path, { recursive: true, force: true });
  }
  return freed;
}
