// Where the runs of a study stand, read from their folders.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type MetricsRow, type RunStatus, readRun } from "@sd/runs";
import type { PlannedRun, StudyPlan } from "./plan.ts";

/**
 * `waiting` has not begun, or waits to go on; `blocked` needs a run that has failed; the others are what the run's status.json
 * says.
 */
export type RunStage = "waiting" | "blocked" | "running" | "stopped" | "failed" | "done";

/** Where one run stands. */
export interface RunProgress {
  readonly run: PlannedRun;
  readonly stage: RunStage;
  /** The line of its last complete epoch. */
  readonly last?: MetricsRow | undefined;
  /** Why it failed, or was left out. */
  readonly problem?: string | undefined;
}

async function stateOf(folder: string): Promise<Partial<RunStatus>> {
  try {
    return JSON.parse(await readFile(join(folder, "status.json"), "utf8")) as RunStatus;
  } catch {
    // Not begun, or not a run: whoever makes the run says what is wrong with its folder.
    return {};
  }
}

/** Whether the run's status.json says that it succeeded. */
export const isDone = async (folder: string, { name }: PlannedRun): Promise<boolean> =>
  (await stateOf(join(folder, name))).state === "done";

/** Where a run stands by what is in its folder; `running` is what a run that was killed says as well. */
export async function runProgress(folder: string, run: PlannedRun): Promise<RunProgress> {
  const path = join(folder, run.name);
  const { state, error } = await stateOf(path);
  if (state === undefined || state === "queued") return { run, stage: "waiting" };
  const record = await readRun(path).catch((fault: Error) => fault);
  if (record instanceof Error) return { run, stage: "failed", problem: record.message };
  const problem = state === "failed" ? (error ?? "it does not say why") : undefined;
  return { run, stage: state, last: record.metrics.at(-1), problem };
}

/** Where all runs of a study stand, in the order of its plan. */
export const studyProgress = (folder: string, { runs }: StudyPlan): Promise<RunProgress[]> =>
  Promise.all(runs.map((run) => runProgress(folder, run)));
