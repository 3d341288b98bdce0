import { csvResults } from "./format-csv.ts";
import { markdownResults } from "./format-markdown.ts";
import { textTable } from "./format-text.ts";
import type { ResultRow } from "./results.ts";

/** Options of {@link formatTable}. */
export interface TableOptions {
  /** @defaultValue "text" */
  readonly format?: "text" | "markdown" | "csv";
  /** `text` only: how wide a line may be before the methods are split into blocks. @defaultValue Infinity */
  readonly width?: number;
}

/**
 * Writes results as a table.
 *
 * `text` and `markdown` have a line a metric and a column a method, with compact intervals, and below the differences from the
 * baseline; the best value of a line is marked only if the interval of its difference excludes 0. A study's grid gives tables for
 * each of its cells. `csv` has a line a method, in full precision; names that a spreadsheet would take for a formula start with
 * an apostrophe.
 *
 * @param rows - Of {@link resultsTable}.
 * @param options - `format`, `width`.
 * @returns Lines that end with a line feed; only that for no rows.
 */
export function formatTable(
  rows: readonly ResultRow[],
  { format = "text", width = Infinity }: TableOptions = {},
): string {
  if (rows.length === 0) return "\n";
  const writers = {
    text: () => textTable(rows, width),
    markdown: () => markdownResults(rows),
    csv: () => csvResults(rows),
  };
  return `${writers[format]()}\n`;
}
