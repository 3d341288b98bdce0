// Results for a terminal: a line a metric, a column a method.
import {
  bestRow,
  differenceHeadingOf,
  formatInterval,
  formatNumber,
  formatP,
  formatSigned,
  formatSignedInterval,
  headingOf,
} from "./format-number.ts";
import { COMPARED, METRICS } from "./metric-table.ts";
import { differenceNote, intervalNote, markNote } from "./notes.ts";
import { comparedRows, type ResultsOfCell, resultCells } from "./result-cells.ts";
import type { ResultRow } from "./results.ts";

const MARK = "*";

/** One line a metric, one column a method; the first line is the head. */
export function valueLines(rows: readonly ResultRow[]): string[][] {
  const lines = METRICS.map((metric) => {
    const cells = rows.map((row) => row.metrics[metric.name]);
    const best = bestRow(cells, metric);
    const texts = cells.map((cell, i) => {
      const value = formatNumber(cell.value, metric) + (i === best ? MARK : "");
      return [value, formatInterval(cell, metric)].filter(Boolean).join(" ");
    });
    return [headingOf(metric), ...texts];
  });
  return [["", ...rows.map(({ shortLabel }) => shortLabel)], ...lines];
}

/** The same for the differences from the baseline; empty where nothing is compared. */
export function differenceLines({ rows, baseline }: ResultsOfCell): string[][] {
  const compared = comparedRows(rows);
  if (!baseline || compared.length === 0) return [];
  const lines = COMPARED.map((metric) => [
    differenceHeadingOf(metric),
    ...compared.map(({ metrics }) => {
      const { difference } = metrics[metric.name];
      if (!difference) return "–";
      const value = formatSigned(difference.difference, metric);
      const p = formatP(difference.adjustedPValue);
      return `${value} ${formatSignedInterval(difference, metric)} ${p}`;
    }),
  ]);
  const head = [`minus ${baseline.shortLabel}`, ...compared.map(({ shortLabel }) => shortLabel)];
  return [head, ...lines];
}

/** What must be known of all tables. */
export function legend(rows: readonly ResultRow[], lines: readonly string[][]): string[] {
  const marked = lines.slice(1).some((line) => line.slice(1).some((text) => text.includes(MARK)));
  const notes = [intervalNote(rows), differenceNote(rows), marked ? markNote(MARK, "line") : ""];
  return notes.filter(Boolean);
}

/** The columns of methods in as many blocks as the width asks for, evenly filled. */
function blocksOf(widths: readonly number[], limit: number): number[][] {
  const columns = widths.slice(1).map((_, i) => i + 1);
  const fits = (block: readonly number[]): boolean =>
    block.length === 1 || block.reduce((sum, c) => sum + widths[c]! + 2, widths[0]!) <= limit;
  for (let count = 1; ; count++) {
    const size = Math.ceil(columns.length / count);
    const blocks = Array.from({ length: Math.ceil(columns.length / size) }, (_, b) =>
      columns.slice(b * size, (b + 1) * size),
    );
    if (blocks.every(fits)) return blocks;
  }
}

function aligned(lines: readonly string[][], limit: number): string[] {
  if (lines.length === 0) return [];
  const lengthOf = (cell: string): number => [...cell].length;
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => lengthOf(line[c]!))));
  return blocksOf(widths, limit).map((block) => {
    const columns = [0, ...block];
    const [head, ...body] = lines.map((line) =>
      columns
        .map((c) => line[c]! + " ".repeat(widths[c]! - lengthOf(line[c]!)))
        .join("  ")
        .trimEnd(),
    );
    const rule = columns.map((c) => "─".repeat(widths[c]!)).join("  ");
    return [head, rule, ...body].join("\n");
  });
}

// A label may hold anything; what would move a terminal's cursor is no part of a table.
const harmless = (lines: readonly string[][]): string[][] =>
  lines.map((line) => line.map((text) => text.replace(/\s+|\p{Cc}+/gu, " ")));

/** All results as text, no line wider than `limit` unless one method alone is. */
export function textTable(rows: readonly ResultRow[], limit: number): string {
  const cells = resultCells(rows);
  const parts = cells.flatMap((cell) => [
    ...(cell.title ? [cell.title] : []),
    ...aligned(harmless(valueLines(cell.rows)), limit),
    ...aligned(harmless(differenceLines(cell)), limit),
  ]);
  const all = cells.flatMap((cell) => valueLines(cell.rows));
  return [...parts, legend(rows, all).join("\n")].join("\n\n");
}
