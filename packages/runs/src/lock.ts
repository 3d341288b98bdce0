// One process at a time writes to a run folder. A lock is a file that comes into being with its whole
// content; a dead process's lock is replaced by whoever holds the lock on taking it over.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { TEMPORARY } from "./atomic.ts";
import { RunError, type RunHolder } from "./error.ts";
import { livenessOf, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity, RunHolder {
  /** Tells one taking of the lock from the next. */
  readonly token: string;
}

/** A lock that this process holds. */
export interface Lock {
  release(): Promise<void>;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Where the file system has no hard links, a copy that must be new: its content may be seen half written. */
const NO_LINKS: readonly (string | undefined)[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** Gives `candidate` the name `path` as well; false where that is taken, or the candidate was cleared away. */
async function claim(candidate: string, path: string): Promise<boolean> {
  try {
    await link(candidate, path).catch((error: unknown) => {
      if (!NO_LINKS.includes(codeOf(error))) throw error;
      return copyFile(candidate, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Who holds the lock; undefined where it is free. */
async function holderOf(path: string): Promise<LockHolder | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const holder = JSON.parse(text) as LockHolder;
    if (Number.isSafeInteger(holder.pid) && typeof holder.host === "string") return holder;
  } catch {
    // Told below, like any other content that is no lock.
  }
  const advice = "delete this file where no process trains in this folder";
  throw new RunError("ERR_LOCKED", path, `the lock cannot be read: ${advice}`);
}

function refuse(path: string, holder: LockHolder, own: ProcessIdentity, seen: boolean): never {
  const { pid, host, since } = holder;
  const where = `process ${pid} on ${host} has this folder open for writing since ${since}`;
  const advice = seen
    ? "wait for it, or end it"
    : `${own.host} cannot see whether it still runs: delete this file once it does not`;
  throw new RunError("ERR_LOCKED", path, `${where}: ${advice}`, { holder });
}

/**
 * Puts `candidate` in the place of a dead process's lock. Only the holder of the lock on taking over
 * does so, and that lock is taken over from a dead process in the same way.
 */
async function takeOver(candidate: string, path: string, dead: LockHolder): Promise<boolean> {
  const takeover = await acquireLock(`${path}.takeover`);
  try {
    const holder = await holderOf(path);
    // Another process has been faster, and may have finished since.
    if (JSON.stringify(holder) !== JSON.stringify(dead)) return false;
    await rename(candidate, path);
    return true;
  } catch (error) {
    // The candidate was cleared away by a holder of the lock itself.
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  } finally {
    await takeover.release();
  }
}

/** Tries once; false where the lock has changed hands meanwhile. */
async function tryLock(path: string, text: string, own: ProcessIdentity): Promise<boolean> {
  const candidate = `${path}.${randomUUID()}${TEMPORARY}`;
  await writeFile(candidate, text);
  try {
    if (await claim(candidate, path)) return true;
    const holder = await holderOf(path);
    if (holder === undefined) return false;
    const liveness = await livenessOf(holder, own);
    if (liveness !== "dead") refuse(path, holder, own, liveness === "alive");
    return await takeOver(candidate, path, holder);
  } finally {
    await rm(candidate, { force: true });
  }
}

/**
 * Takes the lock `path`, or fails at once.
 *
 * @throws {@link RunError} `ERR_LOCKED` with the `holder`, where that lives or may live.
 */
export async function acquireLock(path: string): Promise<Lock> {
  const own = await ownIdentity();
  const content: LockHolder = { ...own, since: new Date().toISOString(), token: randomUUID() };
  const text = `${JSON.stringify(content)}\n`;
  while (!(await tryLock(path, text, own)));
  return {
    async release() {
      // A person may have deleted the file, and another process taken the lock.
      if ((await readFile(path, "utf8").catch(() => "")) === text) await rm(path, { force: true });
    },
  };
}
