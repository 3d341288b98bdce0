// `sd study`: many runs from one configuration.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  cancelStudy,
  type PlannedRun,
  type RunProgress,
  type RunStudyOptions,
  readPlan,
  runStudy,
  type StudyPlan,
  studyProgress,
} from "@sd/study";
import { type Loaded, loadStudy } from "../config/load.ts";
import { parseOverride } from "../config/overrides.ts";
import type { DataSettings, StudySettings } from "../config/settings.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import { checkImages } from "../run/data.ts";
import type { EngineChoice } from "../run/engine-choice.ts";
import { estimate } from "../study/estimate.ts";
import { planOf } from "../study/plan.ts";
import { type SlotOptions, slotsOf } from "../study/slots.ts";
import { countStages, runLine, studyTable } from "../study/table.ts";
import { duration } from "../training-progress.ts";

/** What says which study is meant, and where it is. */
export interface StudyChoice {
  readonly set: readonly string[];
  readonly profile?: string;
  readonly out?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** The options of `sd study plan`. */
export interface StudyPlanOptions extends StudyChoice, EngineChoice {
  /** Whether the time is estimated from a few steps of each kind of run. */
  readonly measure: boolean;
}

/** The options of `sd study run`. */
export interface StudyRunOptions extends StudyChoice, EngineChoice, SlotOptions {
  readonly retries: number;
  readonly tensorboard?: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

interface OpenedStudy {
  readonly loaded: Loaded<StudySettings>;
  readonly plan: StudyPlan;
  readonly folder: string;
}

async function open(file: string, { set, profile, out }: StudyChoice): Promise<OpenedStudy> {
  const overrides = set.map(parseOverride);
  const loaded = await loadStudy(file, overrides);
  const plan = planOf(loaded, { profile, overrides });
  return { loaded, plan, folder: out ?? join("runs", plan.name) };
}

const planLine = ({ name, after, settings }: PlannedRun): string =>
  `${name}  ${settings.epochs} epochs${after.length > 0 ? `, after ${after.join(", ")}` : ""}`;

/** Prints the runs of a study and how long they will take. */
export async function studyPlan(file: string, options: StudyPlanOptions): Promise<number> {
  const { loaded, plan, folder } = await open(file, options);
  const progress = await studyProgress(folder, plan);
  const left = progress.filter(({ stage }) => stage !== "done").map(({ run }) => run);
  const place = { base: loaded.base, folder: options.data };
  const seconds = options.measure ? await estimate(left, { place, choice: options, say }) : null;
  if (options.json) {
    print(JSON.stringify({ ...plan, folder, left: left.length, seconds }, null, 2));
    return 0;
  }
  print(plan.runs.map(planLine).join("\n"));
  const done = plan.runs.length - left.length;
  print(`\n${plan.runs.length} runs in ${folder}${done > 0 ? `, ${done} of them done` : ""}`);
  if (seconds !== null) print(`about ${duration(seconds)} on this machine`);
  return 0;
}

/** The command of one run: this program again. */
function commandOf(base: string, options: StudyRunOptions): RunStudyOptions["command"] {
  const bin = process.argv[1] ?? fileURLToPath(new URL("../bin.js", import.meta.url));
  const engine = options.engine === undefined ? [] : ["--engine", options.engine];
  const gpu = options.requireGpu ? ["--require-gpu"] : [];
  return ({ folder, request }) => [
    process.execPath,
    ...process.execArgv,
    bin,
    ...["train", request, "--out", folder, "--base", base, "--data", options.data],
    ...engine,
    ...gpu,
    ...(options.tensorboard ? ["--tensorboard"] : []),
  ];
}

/** How a command ends whose runs stand so. */
function finish(runs: readonly RunProgress[], folder: string, json: boolean): number {
  const failed = runs.filter(({ stage }) => stage === "failed" || stage === "blocked");
  if (json) print(JSON.stringify({ folder, runs: runs.map(summary) }, null, 2));
  else print(`${folder}: ${countStages(runs)}`);
  for (const run of failed) say(runLine(run));
  return failed.length > 0 ? 1 : 0;
}

const summary = ({ run, stage, last, problem }: RunProgress): object => ({
  name: run.name,
  label: run.label,
  seed: run.seed,
  generation: run.generation,
  stage,
  ...(last ? { last } : {}),
  ...(problem === undefined ? {} : { problem }),
});

/** Makes the runs of a study that are not done. */
export async function studyRun(file: string, options: StudyRunOptions): Promise<number> {
  const { loaded, plan, folder } = await open(file, options);
  const place = { base: loaded.base, folder: options.data };
  // The runs of a study share few sources of images.
  const sources = new Map(
    plan.runs.map(({ settings: { data } }) => [JSON.stringify(data), data as DataSettings]),
  );
  for (const data of sources.values()) checkImages(data, place);
  const slots = slotsOf(options);
  say(`${plan.runs.length} runs in ${folder}, ${slots.length} at once`);
  const runs = await interruptible(async (signal) => {
    const ended = await runStudy(plan, {
      folder,
      command: commandOf(loaded.base, options),
      slots,
      retries: options.retries,
      signal,
      onProgress: studyTable(process.stderr),
    });
    if (signal.aborted) throw new Interrupted(signal);
    return ended;
  });
  return finish(runs, folder, options.json ?? false);
}

/** Prints where the runs of a study stand. */
export async function studyStatus(folder: string, { json }: { json?: boolean }): Promise<number> {
  const plan = await readPlan(folder);
  const runs = await studyProgress(folder, plan);
  if (json) print(JSON.stringify({ name: plan.name, folder, runs: runs.map(summary) }, null, 2));
  else print([...runs.map(runLine), countStages(runs)].join("\n"));
  return 0;
}

/** Asks the process that makes a study to stop. */
export async function studyCancel(folder: string, { json }: { json?: boolean }): Promise<number> {
  await readPlan(folder);
  const pid = await cancelStudy(folder);
  const said =
    pid === undefined
      ? "nothing is running"
      : `process ${pid} stops after the steps in progress; sd study run goes on from there`;
  print(json ? JSON.stringify({ folder, process: pid ?? null }, null, 2) : `${folder}: ${said}`);
  return 0;
}
