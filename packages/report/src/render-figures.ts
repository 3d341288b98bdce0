import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { metricsBySetting } from "./figures/by-setting.ts";
import { cellFigures, drawnCells, placedId } from "./figures/cell-figures.ts";
import type { Figure } from "./figures/figure.ts";
import { csvOf, drawFigure, vegaLiteOf } from "./figures/render.ts";
import { resultCells } from "./result-cells.ts";
import type { ResultRow, ResultsOptions } from "./results.ts";
import { resultsWith } from "./study-results.ts";

/** Options of {@link renderFigures}. */
export interface FigureOptions extends ResultsOptions {
  /** The folder to write to; made where it is missing. */
  readonly out: string;
  /** What {@link resultsTable} gave for the same runs and options, to save its time. */
  readonly rows?: readonly ResultRow[];
}

/** Writes one figure as three files; gives the path of the drawing. */
async function writeFigure(figure: Figure, folder: string, id: string): Promise<string> {
  const svg = join(folder, `${id}.svg`);
  await writeFile(svg, await drawFigure(figure, "white"));
  await writeFile(join(folder, `${id}.vl.json`), vegaLiteOf(figure));
  await writeFile(join(folder, `${id}.csv`), csvOf(figure));
  return svg;
}

/**
 * Writes the figures of {@link renderReport} as files: `<id>.svg`, on white; `<id>.vl.json`, to change it in Vega-Lite; `<id>.csv`, its
 * numbers. Where a study has a grid, an id ends with the number of its cell.
 *
 * @param folders - Run folders, or folders that hold some.
 * @param options - `out`, and those of {@link resultsTable}.
 * @returns The absolute paths of the drawings.
 * @throws {@link ReportError} `NO_RUNS` if there is no finished run, `NO_BASELINE` if none has the method that is named.
 */
export async function renderFigures(
  folders: string | readonly string[],
  { out, rows: known, ...how }: FigureOptions,
): Promise<string[]> {
  const { records, rows } = await resultsWith(folders, known, how);
  const cells = resultCells(rows);
  const byFolder = new Map(records.map((record) => [resolve(record.folder), record]));
  const folder = resolve(out);
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  const setting = metricsBySetting(cells);
  if (setting) paths.push(await writeFigure(setting, folder, setting.id));
  for (const [i, cell] of drawnCells(cells).entries()) {
    const { figures } = await cellFigures(cell, byFolder, how);
    for (const figure of figures) {
      paths.push(await writeFigure(figure, folder, placedId(figure.id, cell, i)));
    }
  }
  return paths;
}
