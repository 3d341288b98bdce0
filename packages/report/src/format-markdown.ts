// Results and reports as Markdown.
import { differenceLines, legend, valueLines } from "./format-text.ts";
import { resultCells } from "./result-cells.ts";
import type { ResultRow } from "./results.ts";

/** Text that Markdown takes for nothing but text, in one line. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_|<>[\]#~&!]/g, "\\$&").replace(/[\s\p{Cc}]+/gu, " ");

/** A table; the first line is its head, the first column its heads of lines. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const [head, ...body] = lines;
  const rule = `|${head!.map((_, i) => (i === 0 ? "---" : "---:")).join("|")}|`;
  return [line(head!), rule, ...body.map(line)].join("\n");
}

/** The results, a heading a cell of the grid, and what must be known of them. */
export function markdownResults(rows: readonly ResultRow[], level = 2): string {
  const cells = resultCells(rows);
  const parts = cells.flatMap((cell) => {
    const differences = differenceLines(cell);
    return [
      ...(cell.title ? [`${"#".repeat(level)} ${escapeMarkdown(cell.title)}`] : []),
      markdownTable(valueLines(cell.rows)),
      ...(differences.length > 0 ? [markdownTable(differences)] : []),
    ];
  });
  const all = cells.flatMap((cell) => valueLines(cell.rows));
  return [...parts, legend(rows, all).map(escapeMarkdown).join("\n\n")].join("\n\n");
}
