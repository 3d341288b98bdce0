import { bestRow, formatInterval, formatNumber, headingOf } from "./format-number.ts";
import { METRICS } from "./metric-table.ts";
import type { ResultRow } from "./results.ts";

/** Options of {@link formatTable}. */
export interface TableOptions {
  /** @defaultValue "text" */
  readonly format?: "text" | "markdown" | "csv";
  /** `text` only: how wide a line may be before the methods are split into blocks. @defaultValue Infinity */
  readonly width?: number;
}

const MARK = "*";

/** What the reader must know of the intervals. */
export function intervalNote(rows: readonly ResultRow[]): string {
  const kinds = new Set(rows.map(({ intervals }) => intervals));
  const bootstrap =
    "bootstrap over test images, one training seed: the noise between seeds is not covered";
  const seeds = "Student's t over training seeds";
  const correction =
    "a bootstrap interval of the ECE takes off its upward bias, and can lie below the value";
  if (kinds.size === 2)
    return `95 % intervals: ${seeds} where there are several; else ${bootstrap}; ${correction}.`;
  return `95 % intervals: ${kinds.has("seeds") ? seeds : `${bootstrap}; ${correction}`}.`;
}

const legend = (rows: readonly ResultRow[], marked: boolean): string[] => [
  intervalNote(rows),
  ...(marked
    ? [`${MARK} best of its line, with an interval apart from that of ${rows[0]!.label}.`]
    : []),
];

/** One line a metric, one column a method: what fits a terminal. */
function transposed(rows: readonly ResultRow[]): string[][] {
  const lines = METRICS.map((metric) => {
    const cells = rows.map((row) => row.metrics[metric.name]);
    const best = bestRow(cells, metric);
    const texts = cells.map((cell, i) => {
      const value = formatNumber(cell.value, metric) + (i === best ? MARK : "");
      return [value, formatInterval(cell, metric)].filter(Boolean).join(" ");
    });
    return [headingOf(metric), ...texts];
  });
  return [["", ...rows.map(({ label }) => label)], ...lines];
}

const isMarked = (lines: readonly string[][]): boolean =>
  lines.flat().some((text) => text.includes(MARK));

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

function text(rows: readonly ResultRow[], limit: number): string {
  const lines = transposed(rows);
  const lengthOf = (cell: string): number => [...cell].length;
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => lengthOf(line[c]!))));
  const blocks = blocksOf(widths, limit).map((block) => {
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
  return [...blocks, legend(rows, isMarked(lines)).join("\n")].join("\n\n");
}

function markdown(rows: readonly ResultRow[]): string {
  const escaped = (cell: string): string =>
    cell.replace(/[\\`*_|<>[\]]/g, "\\$&").replace(/\s+/g, " ");
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  const [head, ...body] = transposed(rows);
  const rule = `|${head!.map((_, i) => (i === 0 ? "---" : "---:")).join("|")}|`;
  const notes = legend(rows, isMarked(body)).map(escaped);
  return [line(head!), rule, ...body.map(line), "", notes.join(" ")].join("\n");
}

/** One line a method, full precision, RFC 4180. */
function csv(rows: readonly ResultRow[]): string {
  const quote = (cell: string): string =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const number = (x: number | undefined): string =>
    x === undefined || Number.isNaN(x) ? "" : String(x);
  const head = METRICS.flatMap(({ name }) => [name, `${name}_lower`, `${name}_upper`]);
  const body = rows.map(({ label, method, seeds, intervals, metrics }) => [
    ...[label, method, seeds.join(" "), intervals],
    ...METRICS.flatMap(({ name }) => {
      const { value, interval } = metrics[name];
      return [value, interval?.[0], interval?.[1]].map(number);
    }),
  ]);
  return [["label", "method", "seeds", "intervals", ...head], ...body]
    .map((line) => line.map(quote).join(","))
    .join("\r\n");
}

/**
 * Writes results as a table.
 *
 * `text` and `markdown` have a line a metric and a column a method, with compact intervals; the best
 * value of a line is marked only if its interval lies apart from the baseline's. `csv` has a line a
 * method, in full precision.
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
    text: () => text(rows, width),
    markdown: () => markdown(rows),
    csv: () => csv(rows),
  };
  return `${writers[format]()}\n`;
}
