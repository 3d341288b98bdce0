import { writeFile } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { listRuns, type RunRecord, readRun } from "@sd/runs";
import { ReportError } from "./error.ts";
import { confidenceDistributions } from "./figures/confidences.ts";
import { type Outcome, outcomeOf } from "./figures/outcomes.ts";
import { reliabilityDiagrams } from "./figures/reliability.ts";
import { renderFigure } from "./figures/render.ts";
import { trainingCurves } from "./figures/training-curves.ts";
import { intervalNote } from "./format-table.ts";
import { groupRuns } from "./groups.ts";
import { Html, html } from "./html.ts";
import { type ResultRow, type ResultsOptions, resultsTable } from "./results.ts";
import { STYLE } from "./style.ts";
import { exclusions, summaryOf } from "./summary.ts";
import { glossaryHtml, reliabilityHtml, resultsHtml, runsHtml } from "./tables.ts";

/** Options of {@link renderReport}. */
export interface ReportOptions extends ResultsOptions {
  /** The HTML file to write. */
  readonly out: string;
  readonly title: string;
  /** What {@link resultsTable} gave for the same runs and options, to save its time. */
  readonly rows?: readonly ResultRow[];
}

interface Page {
  readonly title: string;
  readonly records: readonly RunRecord[];
  readonly names: readonly string[];
  readonly rows: readonly ResultRow[];
  readonly outcomes: readonly Outcome[];
  readonly classes: number;
  readonly figures: Readonly<Record<"curves" | "reliability" | "confidences", Html>>;
}

// Nothing is fetched and nothing runs, even if a name in a run folder tried.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

function pageHtml({ title, records, names, rows, outcomes, classes, figures }: Page): Html {
  const images = outcomes[0]!.rows / rows[0]!.seeds.length;
  const excluded = exclusions(records, names);
  const left = excluded.length
    ? html`<h2>Left out</h2><ul>${excluded.map((line) => html`<li>${line}</li>`)}</ul>`
    : "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<h2>Summary</h2>
<ul class="summary">${summaryOf(rows, images, classes).map(
    (sentence) => html`<li>${sentence}</li>
`,
  )}</ul>
<h2>Results on test images</h2>
${resultsHtml(rows, intervalNote(rows))}
<details><summary>What the columns mean</summary>${glossaryHtml()}</details>
<h2>Figures</h2>
${figures.curves}${figures.reliability}${reliabilityHtml(outcomes)}${figures.confidences}
<h2>Runs</h2>
${runsHtml(records, names)}
${left}
</main>
</body>
</html>
`;
}

/** The folders at or below the given ones that hold runs, each once, in the order given and sorted below each. */
async function findRuns(folders: string | readonly string[]): Promise<string[]> {
  const found = await Promise.all([folders].flat().map((folder) => listRuns(folder)));
  return [...new Set(found.flat())];
}

/** What to call each run: its path below the deepest folder that holds them all. */
function namesOf(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => resolve(folder).split(sep));
  const [first = []] = paths;
  const parents = first.slice(0, -1);
  const apart = parents.findIndex((part, i) => paths.some((path) => path[i] !== part));
  const shared = apart < 0 ? parents.length : apart;
  return paths.map((path) => path.slice(shared).join(sep));
}

/**
 * Writes one HTML file about finished runs: summary, results with intervals, training curves,
 * reliability diagrams, confidence distributions, configurations.
 *
 * The file needs no network and no script: figures are inline SVG, each with its Vega-Lite
 * specification in a `<script type="application/json">`. Its bytes depend on the runs and options
 * alone. Runs that are not `done` are named, and left out.
 *
 * @param folders - Run folders, or folders that hold some.
 * @param options - `out`, `title`, and those of {@link resultsTable}.
 * @returns The absolute path of the file.
 * @throws {@link ReportError} if there is no finished run.
 */
export async function renderReport(
  folders: string | readonly string[],
  { out, title, rows: given, ...options }: ReportOptions,
): Promise<string> {
  const records = await Promise.all((await findRuns(folders)).map(readRun));
  const groups = groupRuns(records, options.baseline);
  if (groups.length === 0) {
    throw new ReportError(
      `renderReport: expected a finished run in ${[folders].flat().join(", ")}`,
    );
  }
  const rows = given ?? (await resultsTable(records, options));
  const { split = "test", bins = 15 } = options;
  const outcomes = await Promise.all(groups.map((group) => outcomeOf(group, { split, bins })));
  const curves = trainingCurves(groups);
  const { shape } = await groups[0]!.records[0]!.predictions(split);
  const page = pageHtml({
    title,
    records,
    names: namesOf(records.map(({ folder }) => folder)),
    rows,
    outcomes,
    classes: shape[1],
    figures: {
      curves: curves ? await renderFigure(curves) : new Html(""),
      reliability: await renderFigure(reliabilityDiagrams(outcomes)),
      confidences: await renderFigure(confidenceDistributions(outcomes)),
    },
  });
  const path = resolve(out);
  await writeFile(path, page.text);
  return path;
}
