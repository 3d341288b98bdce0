import { csvResults } from "./format-csv.ts";
import { escapeMarkdown, markdownResults, markdownTable } from "./format-markdown.ts";
import { METRICS } from "./metric-table.ts";
import { runNames } from "./run-names.ts";
import type { StudyResults } from "./study-results.ts";
import { exclusions, summaryOf } from "./summary.ts";

/** Options of {@link formatReport}. */
export interface ReportTextOptions {
  readonly format: "markdown" | "csv" | "json";
  readonly title: string;
}

const list = (lines: readonly string[]): string =>
  lines.map((line) => `- ${escapeMarkdown(line)}`).join("\n");

function markdown(title: string, { records, rows, leftOut }: StudyResults): string {
  const nameOf = runNames([...records, ...leftOut].map(({ folder }) => folder));
  const excluded = exclusions(records, leftOut, nameOf);
  const runs = rows.flatMap(({ label, folders, seeds, temperatures }) =>
    folders.map((folder, i) => {
      const temperature = temperatures.length === folders.length ? temperatures[i] : undefined;
      return [nameOf(folder), label, String(seeds[i]), temperature?.toPrecision(4) ?? "–"];
    }),
  );
  const parts = [
    `# ${escapeMarkdown(title)}`,
    "## Summary",
    list(summaryOf(rows)),
    "## Results on test images",
    markdownResults(rows, 3),
    "## What the numbers mean",
    list(METRICS.map(({ label, meaning }) => `${label}: ${meaning}`)),
    "## Runs",
    markdownTable([["run", "method", "seed", "temperature"], ...runs]),
    ...(excluded.length > 0 ? ["## Left out", list(excluded)] : []),
  ];
  return parts.join("\n\n");
}

// JSON has no such numbers; null would say that there is nothing.
const spelled = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

function json(title: string, { rows, leftOut }: StudyResults): string {
  const report = { title, summary: summaryOf(rows), metrics: METRICS, rows, leftOut };
  return JSON.stringify(report, spelled, 2);
}

/**
 * Writes a report as text.
 *
 * `markdown`: summary, tables, meanings, runs, and what was left out. `csv`: one line a method, in full precision. `json`:
 * title, summary, the metrics' definitions, the rows, and what was left out; NaN and Infinity are strings.
 *
 * @param results - Of {@link studyResults}.
 * @param options - `format`, `title`.
 * @returns Lines that end with a line feed.
 */
export function formatReport(results: StudyResults, { format, title }: ReportTextOptions): string {
  const writers = {
    markdown: () => markdown(title, results),
    csv: () => csvResults(results.rows),
    json: () => json(title, results),
  };
  return `${writers[format]()}\n`;
}
