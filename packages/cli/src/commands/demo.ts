// `sd demo`: four methods on handwritten digits with noisy labels, one table, one report.
import { join } from "node:path";
import { formatTable, renderReport, resultsTable } from "@sd/report";
import { readRun } from "@sd/runs";
import {
  distilGenerations,
  type Engine,
  type Method,
  type Progress,
  type TrainData,
  train,
} from "@sd/trainer-gpu";
import { demoData } from "../demo/data.ts";
import { finishFolder, prepareFolder } from "../demo/folder.ts";
import { demoMethods } from "../demo/methods.ts";
import { type DemoSettings, type DemoSize, demoSettings, reducedSize } from "../demo/settings.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import { runSteps, type Step } from "../progress.ts";
import { openChosen } from "../run/engine-choice.ts";
import { picturesOf } from "../run/image-source.ts";
import { percent, showProgress } from "../training-progress.ts";

/** The options of `sd demo`. */
export interface DemoOptions extends Partial<DemoSize> {
  readonly noise?: number;
  readonly engine?: string;
  readonly requireGpu?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

const runFolder = (out: string, method: Method, seed: number): string =>
  join(out, `${method.name}-seed${seed}`);

interface DemoContext {
  readonly settings: DemoSettings;
  readonly engine: Engine;
  readonly out: string;
  readonly signal: AbortSignal;
  readonly data: (seed: number) => Promise<TrainData>;
}

/** The training of one method with one seed. */
function trainingStep(context: DemoContext, method: Method, seed: number): Step {
  const { settings, engine, out, signal } = context;
  const title = settings.seeds > 1 ? `${method.label}, seed ${seed}` : method.label;
  return {
    title,
    async run(reporter) {
      const { model, epochs, batchSize, optimizer, schedule } = settings;
      const common = {
        ...{ engine, model, epochs, batchSize, optimizer, schedule, seed, signal },
        data: await context.data(seed),
        onProgress: (progress: Progress) => showProgress(reporter, progress, batchSize),
      };
      const [baseline] = demoMethods;
      const results = method.signals.includes("teacher")
        ? // Generation 0 is the run of plain training that stands beside it, with the same seed.
          await distilGenerations({
            ...common,
            generations: 1,
            folder: (generation) => runFolder(out, generation === 0 ? baseline! : method, seed),
            baseline: baseline!,
            student: method,
          })
        : [await train({ ...common, generation: 0, folder: runFolder(out, method, seed), method })];
      if (results.some(({ state }) => state === "stopped")) throw new Interrupted(signal);
      const { status } = await readRun(runFolder(out, method, seed));
      const { validationAccuracy, bestEpoch } = status;
      const best = `best validation accuracy ${percent(Number(validationAccuracy))} in epoch ${Number(bestEpoch) + 1}`;
      return `${title}: ${best}`;
    },
  };
}

/** Keeps the data of the seed in use, so that the methods of one seed share it. */
function dataOf(settings: DemoSettings): DemoContext["data"] {
  let held: { seed: number; data: Promise<TrainData> } | undefined;
  return (seed) => {
    if (held?.seed !== seed) held = { seed, data: demoData(settings, seed) };
    return held.data;
  };
}

/** Trains, prints the table, writes the report. Returns the exit code. */
export async function demo(options: DemoOptions): Promise<number> {
  const { out, engine: name, requireGpu, json = false, ...asked } = options;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const engine = await openChosen({ engine: name, requireGpu });
  const settings = demoSettings(engine.name, asked);
  const reduced = reducedSize(settings);
  if (reduced !== undefined) say(reduced);
  const said = await prepareFolder(out, settings);
  if (said !== undefined) say(said);

  const seeds = Array.from({ length: settings.seeds }, (_, seed) => seed);
  const start = performance.now();
  await interruptible((signal) => {
    const context = { settings, engine, out, signal, data: dataOf(settings) };
    return runSteps(
      seeds.flatMap((seed) => demoMethods.map((method) => trainingStep(context, method, seed))),
    );
  });
  say(`trained in ${Math.round((performance.now() - start) / 1000)} s; computing the metrics …\n`);

  // In the order of the methods, not of the folders' names.
  const folders = demoMethods.flatMap((method) =>
    seeds.map((seed) => runFolder(out, method, seed)),
  );
  const rows = await resultsTable(await Promise.all(folders.map(readRun)));
  // On a terminal the table is broken into blocks that fit; a file gets whole lines.
  const { columns } = process.stdout;
  const format = { format: "text", ...(columns ? { width: columns } : {}) } as const;
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : formatTable(rows, format));
  const title = "Four ways to train on noisy digits";
  const { test } = await demoData(settings, 0);
  const report = await renderReport(folders, {
    ...{ out: join(out, "report.html"), title, rows },
    images: async (_, wanted) => picturesOf(test, wanted),
  });
  await finishFolder(out, settings);
  say(`\nreport: ${report}`);
  return 0;
}
