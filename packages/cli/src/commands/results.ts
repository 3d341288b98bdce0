// `sd evaluate`, `sd compare`, `sd report`: what finished runs say.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  formatReport,
  formatTable,
  type LeftOut,
  ReportError,
  type ResultRow,
  readRecords,
  renderFigures,
  renderReport,
  resultsTable,
  studyResults,
} from "@sd/report";
import { listRuns, type RunRecord } from "@sd/runs";
import { isStudy, readPlan } from "@sd/study";
import { UsageError } from "../errors.ts";
import { writeOutput } from "../output.ts";
import { type EngineChoice, openChosen } from "../run/engine-choice.ts";
import { imagesOfRuns } from "../run/image-source.ts";
import { onImages } from "../run/other-images.ts";

/** The options of commands that print a table. */
export interface TableCommandOptions {
  readonly split: string;
  readonly bins?: number;
  readonly json?: boolean;
}

/** The options of `sd report`. */
export interface ReportCommandOptions {
  readonly format: "html" | "md" | "csv" | "json";
  readonly out?: string;
  /** A folder to write the figures to. */
  readonly figures?: string;
  readonly title?: string;
  readonly baseline?: string;
  readonly split: string;
  readonly force?: boolean;
}

/** The run folders of a study's plan that are there; of any other folder, all that lie in it. */
async function runsIn(folder: string): Promise<string[]> {
  if (!isStudy(folder)) return listRuns(folder);
  const { runs } = await readPlan(folder);
  return runs
    .map(({ name }) => join(folder, name))
    .filter((path) => existsSync(join(path, "status.json")));
}

async function findRuns(folders: readonly string[]): Promise<string[]> {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new UsageError(`${missing}: there is no such folder`);
  const found = await Promise.all(folders.map(runsIn));
  return [...new Set(found.flat())];
}

const tellLeftOut = ({ folder, reason }: LeftOut): void =>
  void process.stderr.write(`left out: ${folder}: ${reason}\n`);

/** The finished runs in some folders; those that are not, or damaged, are named on standard error. */
async function finished(folders: readonly string[], split: string): Promise<RunRecord[]> {
  const { records, leftOut } = await readRecords(await findRuns(folders));
  leftOut.forEach(tellLeftOut);
  const done = records.filter(({ status }) => status.state === "done");
  const left = records.length - done.length;
  if (done.length === 0) {
    const some = left > 0 ? `, only ${left} that are not finished` : "";
    throw new UsageError(`${folders.join(", ")}: there is no finished run${some}`);
  }
  if (left > 0) process.stderr.write(`left out: ${left} runs that are not finished\n`);
  for (const record of done) {
    const splits = await record.splits();
    if (splits.includes(split)) continue;
    throw new UsageError(
      `--split ${split}: ${record.folder} has predictions of ${splits.join(", ") || "nothing"}`,
    );
  }
  return done;
}

function printTable(rows: readonly ResultRow[], json: boolean | undefined): void {
  const { columns } = process.stdout;
  const format = { format: "text", ...(columns ? { width: columns } : {}) } as const;
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : formatTable(rows, format));
}

/** The options of `sd evaluate`. */
export interface EvaluateOptions extends TableCommandOptions, EngineChoice {
  /** A folder of images in class folders, in place of the run's own test images. */
  readonly images?: string;
}

/** Prints the metrics of finished runs. */
export async function evaluate(
  folders: readonly string[],
  { split, bins, json, images, engine, requireGpu, threads }: EvaluateOptions,
): Promise<number> {
  let records = await finished(folders, split);
  if (images !== undefined) {
    if (split !== "test") throw new UsageError("--images takes the place of the test images");
    await openChosen({ engine, requireGpu, threads });
    records = await Promise.all(records.map((record) => onImages(record, images)));
  }
  const options = { split, onLeftOut: tellLeftOut, ...(bins ? { bins } : {}) };
  printTable(await resultsTable(records, options), json);
  return 0;
}

/** Prints the metrics of runs, and how they differ from the first. */
export async function compare(
  folders: readonly string[],
  { split, bins, json }: TableCommandOptions,
): Promise<number> {
  const records = await finished(folders, split);
  if (records.length < 2) throw new UsageError("sd compare: expected two finished runs or more");
  const { name } = (records[0]!.config.method ?? {}) as { name?: string };
  const options = {
    ...{ split, onLeftOut: tellLeftOut },
    ...(bins ? { bins } : {}),
    ...(name ? { baseline: name } : {}),
  };
  printTable(await resultsTable(records, options), json);
  return 0;
}

/** Writes a page or a table about finished runs; what is left out is named on standard error. */
export async function report(
  folders: readonly string[],
  { format, out, figures, title, baseline, split, force = false }: ReportCommandOptions,
): Promise<number> {
  const runs = await findRuns(folders);
  const heading = title ?? `What ${runs.length} runs say`;
  const chosen = { split, ...(baseline === undefined ? {} : { baseline }) };
  const options = { ...chosen, onLeftOut: tellLeftOut };
  const path = out ?? join(folders[0]!, "report.html");
  try {
    if (format === "html") await refuseExisting(path, force);
    if (figures !== undefined) {
      const drawn = await renderFigures(runs, { ...chosen, out: figures });
      process.stderr.write(`${drawn.length} figures in ${figures}\n`);
    }
    if (format === "html") {
      const page = { out: path, title: heading, images: imagesOfRuns(), ...options };
      process.stdout.write(`${await renderReport(runs, page)}\n`);
      return 0;
    }
    const text = formatReport(await studyResults(runs, options), {
      format: format === "md" ? "markdown" : format,
      title: heading,
    });
    if (out === undefined) process.stdout.write(text);
    else await writeOutput(out, text, force);
    return 0;
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    const where = folders.join(", ");
    throw new UsageError(
      error.code === "NO_RUNS" ? `${where}: there is no finished run` : `--${error.message}`,
    );
  }
}

/** Before the work is done, not after it. */
async function refuseExisting(path: string, force: boolean): Promise<void> {
  if (existsSync(path) && !force) {
    throw new UsageError(`${path} is there already: --force replaces it, --out writes another`);
  }
  if (!existsSync(dirname(path))) throw new UsageError(`${path}: its folder does not exist`);
}
