// From the run folders to the document: every number and figure of it.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { renderFigures } from "@sd/report";
import { bornAgain } from "./born-again.ts";
import type { Outcome } from "./comparison.ts";
import { type Blocks, fill, plain } from "./document.ts";
import { type Findings, openStudy, type Study } from "./experiment.ts";
import { verdictsTable } from "./outcome-tables.ts";
import { readStudy } from "./runs.ts";
import { machines, selection, undertrained } from "./setting.ts";
import { smoothing } from "./smoothing.ts";
import { temperature } from "./temperature.ts";
import { openVotes } from "./votes.ts";

/** Where things are. */
export interface Places {
  /** The folder of the studies' folders. */
  readonly runs: string;
  /** The folder of the data sets. */
  readonly data: string;
  /** The document; one that is there keeps its words. */
  readonly out: string;
}

/** The figure of each study that the document shows: its name among the report's, and what it shows. */
const FIGURES: Readonly<Record<string, readonly [id: string, words: string]>> = {
  "born-again": ["generations", "Metrics by generation, with 95 % intervals"],
  temperature: ["plane", "Predictive uncertainty and confidence diversity of the networks"],
  smoothing: [
    "by-setting",
    "Metrics of the methods by the share of wrong labels, with 95 % intervals",
  ],
};

/** Draws a study's figure beside the document; what refers to it. */
async function figureOf(
  { folder, rows }: Study,
  name: string,
  out: string,
): Promise<string | undefined> {
  const [id, words] = FIGURES[name]!;
  const drawn = await mkdtemp(join(tmpdir(), "sd-figures-"));
  try {
    const paths = await renderFigures(folder, { out: drawn, rows });
    const svg = paths.find((path) => path.endsWith(`/${id}.svg`));
    if (svg === undefined) return undefined;
    const target = join(dirname(out), "figures", `${name}.svg`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await readFile(svg));
    return `![${words}](${relative(dirname(out), target)})`;
  } finally {
    await rm(drawn, { recursive: true });
  }
}

/**
 * Writes the document from the run folders: into the places that it has, or a new one of tables alone.
 *
 * @returns The names of the blocks that were written.
 * @throws Error where no study has a finished run.
 */
export async function writeResults({ runs, data, out }: Places): Promise<string[]> {
  // A run knows its teacher by the full path.
  const folderOf = (name: string): string => resolve(runs, name);
  const chosen = await readStudy(folderOf("selection"));
  const experiments: readonly (readonly [
    string,
    (study: Study) => Findings | Promise<Findings>,
  ])[] = [
    ["born-again", bornAgain],
    ["temperature", temperature],
    ["smoothing", async (study) => smoothing(study, await openVotes(data, study.runs))],
  ];
  let blocks: Blocks = {};
  const studies: Study[] = [];
  const outcomes: Outcome[] = [];
  const explored: Outcome[] = [];
  for (const [name, judge] of experiments) {
    const study = await openStudy(folderOf(name));
    if (study === undefined) continue;
    studies.push(study);
    const findings = await judge(study);
    outcomes.push(...findings.outcomes);
    explored.push(...findings.explored);
    const figure = await figureOf(study, name, out);
    blocks = { ...blocks, ...findings.blocks, ...(figure ? { [`${name}-figure`]: figure } : {}) };
  }
  if (studies.length === 0) {
    throw new Error(
      `${runs}: expected finished runs in ${experiments.map(([name]) => name).join(", ")}`,
    );
  }
  const all: Blocks = {
    verdicts: verdictsTable(outcomes, explored),
    machines: machines([chosen, ...studies]),
    ...(chosen.runs.length > 0 ? selection(chosen) : {}),
    undertrained: undertrained(studies),
    ...blocks,
  };
  const text = existsSync(out) ? fill(await readFile(out, "utf8"), all) : plain("Results", all);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(`${out}.new`, text);
  await rename(`${out}.new`, out);
  return Object.keys(all);
}
