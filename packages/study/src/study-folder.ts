// The folder of a study: study.json, which says what its runs are, and a folder for each run.
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { acquireLock, type Lock, RunError } from "@sd/runs";
import { StudyError } from "./error.ts";
import type { PlannedRun, StudyPlan } from "./plan.ts";

/** Whoever makes the runs of a study holds this lock. */
const lockFile = (folder: string): string => join(folder, "study.lock");

const studyFile = (folder: string): string => join(folder, "study.json");

/** What a run is made from, as a configuration file. */
export const requestFile = (folder: string, run: string): string =>
  join(folder, run, "request.json");

/** What the process of a run has printed. */
export const logFile = (folder: string, run: string): string => join(folder, run, "log.txt");

async function writeWhole(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
  await rename(temporary, path);
}

const isText = (value: unknown): value is string => typeof value === "string";

function isRun(value: unknown): value is PlannedRun {
  if (typeof value !== "object" || value === null) return false;
  const { name, label, seed, generation, settings, after } = value as Record<string, unknown>;
  const named = isText(name) && /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name) && isText(label);
  const counted = Number.isSafeInteger(seed) && Number.isSafeInteger(generation);
  const whole = typeof settings === "object" && settings !== null;
  return named && counted && whole && Array.isArray(after) && after.every(isText);
}

/**
 * Reads the plan of the study in `folder`.
 *
 * @throws {@link StudyError} `ERR_NOT_A_STUDY` where there is none, or study.json is damaged.
 */
export async function readPlan(folder: string): Promise<StudyPlan> {
  const path = studyFile(folder);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR") throw cause;
    throw new StudyError("ERR_NOT_A_STUDY", `${path}: expected a study, but there is none`, {
      cause,
    });
  });
  try {
    const { name, runs } = JSON.parse(text) as Record<string, unknown>;
    if (isText(name) && Array.isArray(runs) && runs.every(isRun)) return { name, runs };
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
  }
  throw new StudyError("ERR_NOT_A_STUDY", `${path}: damaged: expected a name and a list of runs`);
}

/** Whether `folder` holds a study. */
export const isStudy = (folder: string): boolean => existsSync(studyFile(folder));

/**
 * Makes `folder` the study's, or takes on a changed plan of the same study; runs that are there stay.
 *
 * @throws {@link StudyError} `ERR_OTHER_STUDY` where it is the folder of a study of another name.
 */
export async function writePlan(folder: string, plan: StudyPlan): Promise<void> {
  if (isStudy(folder)) {
    const { name } = await readPlan(folder);
    if (name !== plan.name) {
      throw new StudyError(
        "ERR_OTHER_STUDY",
        `${folder} holds the study ${name}, not ${plan.name}`,
      );
    }
  }
  await mkdir(folder, { recursive: true });
  await writeWhole(studyFile(folder), plan);
}

/** Writes what a run is made from; its teacher by an absolute path. */
export async function writeRequest(folder: string, { name, settings }: PlannedRun): Promise<void> {
  const { teacher } = settings;
  await mkdir(join(folder, name), { recursive: true });
  const request = isText(teacher) ? { ...settings, teacher: resolve(folder, teacher) } : settings;
  await writeWhole(requestFile(folder, name), request);
}

/**
 * Takes a study for this process.
 *
 * @throws {@link StudyError} `ERR_ALREADY_RUNNING` where another process makes its runs.
 */
export async function lockStudy(folder: string): Promise<Lock> {
  await mkdir(folder, { recursive: true });
  return acquireLock(lockFile(folder)).catch((cause: unknown) => {
    if (!(cause instanceof RunError) || cause.code !== "ERR_LOCKED") throw cause;
    throw new StudyError("ERR_ALREADY_RUNNING", cause.message, { cause });
  });
}

/**
 * Asks the process that makes the runs of a study to stop: it saves what it has, and ends.
 *
 * @returns The process's number; undefined where there is none.
 * @throws {@link StudyError} `ERR_ALREADY_RUNNING` where it is not one of this machine.
 */
export async function cancelStudy(folder: string): Promise<number | undefined> {
  try {
    await (await lockStudy(folder)).release();
    return undefined;
  } catch (error) {
    const holder = error instanceof StudyError ? (error.cause as RunError).holder : undefined;
    if (holder === undefined || holder.host !== hostname()) throw error;
    process.kill(holder.pid, "SIGTERM");
    return holder.pid;
  }
}
