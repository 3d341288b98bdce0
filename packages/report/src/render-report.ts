import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RunRecord } from "@sd/runs";
import { metricsBySetting } from "./figures/by-setting.ts";
import { cellFigures, drawnCells, placedId } from "./figures/cell-figures.ts";
import { listed } from "./figures/figure.ts";
import { renderFigure } from "./figures/render.ts";
import { hardestHtml, type ImageProvider } from "./hardest.ts";
import { Html, html } from "./html.ts";
import { differenceNote, intervalNote } from "./notes.ts";
import { type ResultsOfCell, resultCells } from "./result-cells.ts";
import type { ResultRow, ResultsOptions } from "./results.ts";
import { runNames } from "./run-names.ts";
import { settingsText } from "./settings.ts";
import { resultsWith, type StudyResults } from "./study-results.ts";
import { STYLE } from "./style.ts";
import { exclusions, summaryOf } from "./summary.ts";
import { differencesHtml, glossaryHtml, resultsHtml, runsHtml } from "./tables.ts";

/** Options of {@link renderReport}. */
export interface ReportOptions extends ResultsOptions {
  /** The HTML file to write. */
  readonly out: string;
  readonly title: string;
  /** What {@link resultsTable} gave for the same runs and options, to save its time. */
  readonly rows?: readonly ResultRow[];
  /** Pictures of the hardest test images. @defaultValue they are named by their rows */
  readonly images?: ImageProvider;
}

// Nothing is fetched and nothing runs, even if a name in a run folder tried.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

type How = Omit<ReportOptions, "out" | "title" | "rows">;

/** The figures of one cell, below a heading of its own where there are several. */
async function cellHtml(
  cell: ResultsOfCell,
  index: number,
  byFolder: ReadonlyMap<string, RunRecord>,
  { images, ...how }: How,
): Promise<Html> {
  const { figures, outcomes, leftOut } = await cellFigures(cell, byFolder, how);
  const level = cell.title ? 4 : 3;
  const placed = (id: string): string => placedId(id, cell, index);
  const drawn: Html[] = [];
  for (const figure of figures) {
    drawn.push(await renderFigure(figure, { id: placed(figure.id), level }));
  }
  const heading = new Html(String(level));
  const hardest = await hardestHtml(outcomes, { id: placed("hardest"), level: heading, images });
  const left =
    leftOut.length > 0
      ? html`<p>Figures show the first ${outcomes.length} methods; not drawn: ${listed(leftOut)}.</p>`
      : "";
  const title = cell.title ? html`<h3>Figures, ${cell.title}</h3>` : "";
  return html`${title}${left}${drawn}${hardest}`;
}

async function figuresHtml(
  cells: readonly ResultsOfCell[],
  records: readonly RunRecord[],
  how: How,
): Promise<Html> {
  const byFolder = new Map(records.map((record) => [resolve(record.folder), record]));
  const setting = metricsBySetting(cells);
  const parts = setting ? [await renderFigure(setting, { id: setting.id, level: 3 })] : [];
  const drawn = drawnCells(cells);
  if (drawn.length < cells.length) {
    parts.push(
      html`<p>Further figures show the first ${drawn.length === 1 ? "" : `${drawn.length} `}of ${cells.length} settings; not drawn: ${listed(cells.slice(drawn.length).map(({ title }) => title))}. Make a report of fewer runs to see theirs.</p>`,
    );
  }
  for (const [i, cell] of drawn.entries()) {
    parts.push(await cellHtml(cell, i, byFolder, how));
  }
  return html`${parts}`;
}

function resultsOfCellHtml(cell: ResultsOfCell): Html {
  const all = settingsText(cell.settings);
  const more = all === cell.title ? "" : html`<p class="sub">${all}</p>`;
  const heading = cell.title ? html`<h3>${cell.title}</h3>${more}` : "";
  return html`${heading}${resultsHtml(cell)}${differencesHtml(cell)}`;
}

async function pageHtml(
  title: string,
  { records, rows, leftOut }: StudyResults,
  how: How,
): Promise<Html> {
  const cells = resultCells(rows);
  const folders = [...records, ...leftOut].map(({ folder }) => folder);
  const nameOf = runNames(folders);
  const excluded = exclusions(records, leftOut, nameOf);
  const left = excluded.length
    ? html`<h2>Left out</h2><ul>${excluded.slice(0, MOST_EXCLUSIONS).map((line) => html`<li>${line}</li>`)}</ul>${excluded.length > MOST_EXCLUSIONS ? html`<p>And ${excluded.length - MOST_EXCLUSIONS} more.</p>` : ""}`
    : "";
  const sentences = summaryOf(rows).map(
    (sentence) => html`<li>${sentence}</li>
`,
  );
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
<ul class="summary">${sentences}</ul>
<h2>Results on test images</h2>
${[intervalNote(rows), differenceNote(rows)].filter(Boolean).map((note) => html`<p class="note">${note}</p>`)}
${cells.map(resultsOfCellHtml)}
<details><summary>What the columns mean</summary>${glossaryHtml()}</details>
<h2>Figures</h2>
${await figuresHtml(cells, records, how)}
<h2>Runs</h2>
${runsHtml(records, rows, nameOf)}
${left}
</main>
</body>
</html>
`;
}

/** How many runs that were left out are named. */
const MOST_EXCLUSIONS = 200;

/**
 * Writes one HTML file about finished runs: summary, results with intervals and paired differences, figures, the hardest test
 * images, configurations.
 *
 * The file needs no network and no script: figures are inline SVG, each with its numbers as a table, and its Vega-Lite
 * specification and data as files that the page carries. Its bytes depend on the runs and options alone. Runs that are not
 * `done`, or damaged, are named, and left out.
 *
 * @param folders - Run folders, or folders that hold some.
 * @param options - `out`, `title`, `images`, and those of {@link resultsTable}.
 * @returns The absolute path of the file.
 * @throws {@link ReportError} `NO_RUNS` if there is no finished run, `NO_BASELINE` if none has the method that is named.
 */
export async function renderReport(
  folders: string | readonly string[],
  { out, title, rows, ...how }: ReportOptions,
): Promise<string> {
  const results = await resultsWith(folders, rows, how);
  const path = resolve(out);
  await writeFile(path, (await pageHtml(title, results, how)).text);
  return path;
}
