// The rows of a table, cell by cell of a study's grid.
import { groupBy } from "./group-by.ts";
import { COMPARED } from "./metric-table.ts";
import type { ResultRow } from "./results.ts";
import { cellTitles, type Setting, settingsText } from "./settings.ts";

/** The rows of one cell. */
export interface ResultsOfCell {
  /** Such as `noise rate 0.4`: what tells it from the others; empty where there is only one. */
  readonly title: string;
  readonly settings: readonly Setting[];
  readonly rows: readonly ResultRow[];
  /** What the other rows are compared with. */
  readonly baseline: ResultRow | undefined;
}

/** Rows by their cell, in their order. */
export function resultCells(rows: readonly ResultRow[]): ResultsOfCell[] {
  const cells = [...groupBy(rows, ({ cell }) => settingsText(cell)).values()];
  const titles = cellTitles(cells.map(([first]) => first!.cell));
  return cells.map((own, c) => ({
    title: titles[c]!,
    settings: own[0]!.cell,
    rows: own,
    baseline: own.find(({ baseline }) => baseline),
  }));
}

/** The rows that are compared with a baseline in at least one metric. */
export const comparedRows = (rows: readonly ResultRow[]): ResultRow[] =>
  rows.filter(({ metrics }) => COMPARED.some(({ name }) => metrics[name].difference));
