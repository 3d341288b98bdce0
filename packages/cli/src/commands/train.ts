// `sd train` and `sd distil`: runs from a configuration file.
import { resolve } from "node:path";
import type { Progress } from "@sd/trainer-gpu";
import { loadRun } from "../config/load.ts";
import { needsTeacher, parseMethod } from "../config/method-schema.ts";
import { parseOverride } from "../config/overrides.ts";
import type { RunSettings } from "../config/settings.ts";
import { UsageError } from "../errors.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import { runSteps, type Step } from "../progress.ts";
import { checkImages } from "../run/data.ts";
import { type EngineChoice, openChosen } from "../run/engine-choice.ts";
import { clearRun, defaultFolder } from "../run/folder.ts";
import { type RunContext, type RunSummary, summarise, trainRun } from "../run/train-run.ts";
import { percent, showProgress } from "../training-progress.ts";

/** The options of `sd train`. */
export interface TrainCommandOptions extends EngineChoice {
  readonly set: readonly string[];
  readonly out?: string;
  /** The folder that holds the named data sets. */
  readonly data: string;
  /** What relative paths of the file are relative to, where it is not the file's own folder. */
  readonly base?: string;
  readonly teacher?: string;
  readonly seed?: number;
  readonly force?: boolean;
  readonly tensorboard?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
}

/** The options of `sd distil`. */
export interface DistilCommandOptions extends TrainCommandOptions {
  readonly generations: number;
}

function describe({ folder, state, validationAccuracy, bestEpoch }: RunSummary): string {
  if (validationAccuracy === null) return `${folder}: ${state}`;
  const best = `best validation accuracy ${percent(validationAccuracy)} in epoch ${bestEpoch! + 1}`;
  return `${folder}: ${state}, ${best}`;
}

function print(runs: readonly RunSummary[], { json = false }: TrainCommandOptions): void {
  const [first] = runs;
  const text = json
    ? JSON.stringify(runs.length === 1 ? first : runs, null, 2)
    : runs.map(describe).join("\n");
  process.stdout.write(`${text}\n`);
}

interface Loaded {
  readonly settings: RunSettings;
  readonly base: string;
}

async function load(file: string, options: TrainCommandOptions): Promise<Loaded> {
  const { set, seed, teacher, base } = options;
  const overrides = [...set, ...(seed === undefined ? [] : [`seed=${seed}`])].map(parseOverride);
  const loaded = await loadRun(file, overrides);
  const settings =
    teacher === undefined ? loaded.settings : { ...loaded.settings, teacher: resolve(teacher) };
  return { settings, base: base ?? loaded.base };
}

/** The training of one run as a step that shows where it is. */
function stepOf(
  settings: RunSettings,
  context: Omit<RunContext, "onProgress">,
  title: string,
): Step {
  return {
    title,
    async run(reporter) {
      const onProgress = (progress: Progress): void =>
        showProgress(reporter, progress, settings.batchSize);
      const { state, reused } = await trainRun(settings, {
        ...context,
        onProgress,
        onWarning: (message) => reporter.line(message),
      });
      if (state === "stopped") throw new Interrupted(context.signal);
      return reused ? `${title}: was done already` : `${title}: done`;
    },
  };
}

/** Trains one network. */
export async function trainCommand(file: string, options: TrainCommandOptions): Promise<number> {
  const { settings, base } = await load(file, options);
  const folder = options.out ?? defaultFolder(file);
  const { tensorboard, workers } = options;
  const place = { base, folder: options.data };
  checkImages(settings.data, place);
  await clearRun(folder, options.force ?? false);
  const engine = await openChosen(options);
  await interruptible((signal) => {
    const context = { folder, engine, place, signal, tensorboard, workers };
    return runSteps([stepOf(settings, context, settings.method.name)]);
  });
  print([await summarise(folder)], options);
  return 0;
}

/** The settings of one generation: the first is trained on labels, each later one is taught by the one before. */
function generationOf(settings: RunSettings, generation: number, before?: string): RunSettings {
  const { method } = settings;
  if (before === undefined) {
    return { ...settings, generation, method: parseMethod({ name: "cross-entropy" }) };
  }
  const student = needsTeacher(method.name) ? method : parseMethod({ name: "self-distillation" });
  return { ...settings, generation, method: student, teacher: resolve(before) };
}

/** Trains a network, and then students of it, each taught by the one before. */
export async function distilCommand(file: string, options: DistilCommandOptions): Promise<number> {
  if (options.teacher !== undefined) {
    throw new UsageError("--teacher is for sd train: sd distil trains the first teacher itself");
  }
  const { settings, base } = await load(file, options);
  if (!needsTeacher(settings.method.name) && settings.method.name !== "cross-entropy") {
    throw new UsageError(`${settings.method.name} has no teacher: use sd train ${file}`);
  }
  const out = options.out ?? defaultFolder(file);
  const folders = Array.from(
    { length: options.generations + 1 },
    (_, g) => `${out}/generation-${g}`,
  );
  const { tensorboard, workers } = options;
  const place = { base, folder: options.data };
  checkImages(settings.data, place);
  for (const folder of folders) await clearRun(folder, options.force ?? false);
  const engine = await openChosen(options);
  await interruptible((signal) =>
    runSteps(
      folders.map((folder, g) => {
        const own = generationOf(settings, g, folders[g - 1]);
        const context = { folder, engine, place, signal, tensorboard, workers };
        return stepOf(own, context, `generation ${g}`);
      }),
    ),
  );
  print(await Promise.all(folders.map(summarise)), options);
  return 0;
}
