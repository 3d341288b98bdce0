import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./errors.ts";
import { isOwnEntry } from "./own-entries.ts";

/** The per-user folder for what is downloaded and compiled once: `$SD_CACHE_DIR`, else `sd` in the user's cache folder. */
export function cacheRoot(): string {
  const { SD_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return SD_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "sd");
}

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** What the file system refused while `root` was worked in, as an error that names the folder and a way out. */
export function cacheError(root: string, error: unknown): unknown {
  const { code = "", message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof EngineError || syscall === undefined) return error;
  return new EngineError("CACHE_UNUSABLE", `the cache folder ${root} cannot be used: ${message}`, {
    cause: error,
    hint: FULL.has(code)
      ? "Free some space, or set SD_CACHE_DIR to a folder on a larger disk"
      : "Make it writable, or set SD_CACHE_DIR to a folder that is",
  });
}

/** The bytes that a user can still write below `root`, which exists. */
export async function freeBytes(root: string): Promise<number> {
  const { bavail, bsize } = await statfs(root);
  return bavail * bsize;
}

const HEARTBEAT_MS = 2_000;
/** A lock whose owner has not touched it for this long is taken for abandoned, whatever its content says. */
const ABANDONED_MS = 60_000;
const POLL_MS = 200;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether the lock at `path` has no living owner. Its age counts as well: a process id can be used again, a file be left empty. */
async function isAbandoned(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return false;
  if (Date.now() - info.mtimeMs > ABANDONED_MS) return true;
  const [pid, host] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  return host === hostname() && Number(pid) > 0 && !isAlive(Number(pid));
}

/** Holds the lock file `path` while `work` runs. A waiting process calls `onWait` once. */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; ; ) {
    try {
      await writeFile(path, `${process.pid} ${hostname()}`, { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (await isAbandoned(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) onWait?.();
    waited = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

/** Removes what killed processes left in `root`: entries of this package that are named after a process that is gone. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = isOwnEntry(name) ? Number(/\.(\d+)$/.exec(name)?.[1]) : Number.NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** Does `work` in a folder beside `path` that is gone afterwards, whatever happens, unless it was renamed. */
export async function inStaging<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  await removeAbandoned(dirname(path));
  const folder = `${path}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the folder `path`, filled once by `fill` if it is not there yet.
 *
 * The work happens in a sibling that is renamed when complete, so that no reader ever sees half a folder. Two processes
 * that fill the same folder at once are both right: the second finds it there.
 */
export async function onceInto(
  path: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (await exists(path)) return path;
  try {
    await inStaging(path, async (folder) => {
      await fill(folder);
      await rename(folder, path);
    });
  } catch (error) {
    if (!(await exists(path))) throw error;
  }
  return path;
}
