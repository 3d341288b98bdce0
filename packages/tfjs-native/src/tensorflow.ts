import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TensorFlowBuild, Wheel } from "./builds.ts";
import { freeBytes, inStaging } from "./cache.ts";
import { EngineError } from "./errors.ts";
import { folderProblems, type InstalledFile, readManifest, writeManifest } from "./manifest.ts";
import { unpackWheel } from "./unpack.ts";
import { downloadWheel, hasWheel, matchWheels, wheelFile } from "./wheel.ts";

/** How to bring a build into the cache. */
export interface FetchOptions {
  /** Files on this machine that are used instead of downloads. */
  readonly given: readonly string[];
  /** Compare the content of what is there, not only its size. */
  readonly verify: boolean;
  readonly log: (line: string) => void;
}

/** The folder in `root` that holds (or will hold) a build's libraries and headers. */
export function tensorflowFolder(
  root: string,
  { flavour, version, wheels }: TensorFlowBuild,
): string {
  const hash = createHash("sha256");
  for (const { sha256 } of wheels) hash.update(sha256);
  return join(root, `tensorflow-${version}-${flavour}-${hash.digest("hex").slice(0, 12)}`);
}

/** The wheels that have to be unpacked: all, or those whose files are not as they were. */
async function missingWheels(
  folder: string,
  wheels: readonly Wheel[],
  { verify, log }: FetchOptions,
): Promise<readonly Wheel[]> {
  const problems = await folderProblems(folder, verify);
  if (problems === undefined) return wheels;
  for (const { path, detail } of problems) log(`repairing: ${join(folder, path)} ${detail}`);
  const sources = new Set(problems.map(({ source }) => source));
  return sources.has(undefined) ? wheels : wheels.filter((w) => sources.has(w.requirement));
}

const total = (wheels: readonly Wheel[]): number => wheels.reduce((sum, w) => sum + w.bytes, 0);
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

/** Says what is going to be fetched, and fails where it cannot fit. */
async function announce(
  root: string,
  build: TensorFlowBuild,
  { wanted, downloads }: { wanted: readonly Wheel[]; downloads: readonly Wheel[] },
  log: (line: string) => void,
): Promise<void> {
  const { version, flavour, wheels } = build;
  const unpacked = build.unpackedBytes * (total(wanted) / total(wheels));
  const name = `TensorFlow ${version}${flavour === "cuda" ? " for CUDA" : ""}`;
  if (downloads.length > 0) {
    const count = wheels.length === 1 ? "" : ` in ${downloads.length} of ${wheels.length} wheels`;
    log(
      `${name}: downloading ${Math.round(total(downloads) / 1e6)} MB${count} ` +
        `(${Math.round(unpacked / 1e6)} MB on disk) into ${root}`,
    );
  }
  const needed = total(downloads) + unpacked;
  const free = await freeBytes(root);
  if (free < needed) {
    throw new EngineError(
      "CACHE_UNUSABLE",
      `the cache folder ${root} has ${gigabytes(free)} of free space, and ${name} needs ` +
        `${gigabytes(needed)} while it is installed`,
      { hint: "Free some space, or set SD_CACHE_DIR to a folder on a larger disk" },
    );
  }
}

/** Puts the unpacked files into `target`: as a whole where there is nothing yet, else one by one over what is damaged. */
async function place(
  staging: string,
  target: string,
  files: readonly InstalledFile[],
): Promise<void> {
  const before = await readManifest(target);
  if (before === undefined) {
    await writeManifest(staging, files);
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
    return;
  }
  for (const { path } of files) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await rename(join(staging, path), join(target, path));
  }
}

/**
 * Brings the libraries and C headers of `build` into `root` and returns their folder.
 *
 * Each wheel is checked and kept until all of them are unpacked, so that an interrupted call is not begun anew.
 */
export async function ensureTensorFlow(
  root: string,
  build: TensorFlowBuild,
  options: FetchOptions,
): Promise<string> {
  const { given, log } = options;
  const target = tensorflowFolder(root, build);
  const wanted = await missingWheels(target, build.wheels, options);
  if (wanted.length === 0) return target;
  const local = await matchWheels(build.wheels, given);
  const downloads: Wheel[] = [];
  for (const wheel of wanted) {
    if (!local.has(wheel) && !(await hasWheel(root, wheel))) downloads.push(wheel);
  }
  await announce(root, build, { wanted, downloads }, log);
  for (const wheel of downloads) await downloadWheel(root, wheel, log);
  await inStaging(target, async (folder) => {
    const files: InstalledFile[] = [];
    for (const wheel of wanted) {
      log(`${wheel.requirement}: unpacking`);
      const file = local.get(wheel) ?? wheelFile(root, wheel);
      files.push(...(await unpackWheel(wheel, file, folder)));
    }
    await place(folder, target, files);
  });
  for (const wheel of wanted) await rm(wheelFile(root, wheel), { force: true });
  return target;
}
