// The results in sentences: what can be said, and no more.
import type { RunRecord } from "@sd/runs";
import {
  formatInterval,
  formatNumber,
  formatP,
  formatSigned,
  formatSignedInterval,
} from "./format-number.ts";
import type { LeftOut } from "./groups.ts";
import { METRICS, type MetricDefinition, type MetricName } from "./metric-table.ts";
import { type ResultsOfCell, resultCells } from "./result-cells.ts";
import type { ResultRow } from "./results.ts";

const metricOf = (name: MetricName): MetricDefinition =>
  METRICS.find((metric) => metric.name === name)!;

/** The rows from best to worst in one metric; those without a value are left out. */
function ranking(rows: readonly ResultRow[], name: MetricName): ResultRow[] {
  const sign = metricOf(name).better === "higher" ? -1 : 1;
  const value = (row: ResultRow): number => row.metrics[name].value;
  return rows
    .filter((row) => !Number.isNaN(value(row)))
    .sort((a, b) => sign * (value(a) - value(b)));
}

const shown = (row: ResultRow, name: MetricName): string => {
  const metric = metricOf(name);
  const cell = row.metrics[name];
  const value = `${formatNumber(cell.value, metric)}${metric.unit === "percent" ? " %" : ""}`;
  return [value, formatInterval(cell, metric)].filter(Boolean).join(" ");
};

/** Which method is best in a metric, and whether that can be told from the baseline. */
function bestSentence(
  { rows, baseline }: ResultsOfCell,
  name: MetricName,
  superlative: string,
): string[] {
  const [best] = ranking(rows, name);
  if (!best || rows.length < 2) return [];
  const head = `${superlative}: ${best.shortLabel}, ${shown(best, name)}`;
  if (best.baseline || !baseline) return [`${head}.`];
  const { difference, separate } = best.metrics[name];
  const other = `${baseline.shortLabel}, ${shown(baseline, name)}`;
  if (!difference) return [`${head}; it cannot be paired with ${other}.`];
  const metric = metricOf(name);
  const by = `${formatSigned(difference.difference, metric)} ${formatSignedInterval(difference, metric)}`;
  return [
    `${head}; the paired difference from ${other}, is ${by}: its interval ${separate ? "excludes" : "includes"} 0.`,
  ];
}

/** Whether temperature scaling turns the order of calibration round. */
function calibrationSentence({ rows }: ResultsOfCell): string[] {
  const [before, after] = [ranking(rows, "ece"), ranking(rows, "eceScaled")];
  if (rows.length < 2 || after.length < rows.length || before.length < rows.length) return [];
  const head = `ECE as trained is lowest for ${before[0]!.shortLabel} (${shown(before[0]!, "ece")})`;
  const tail = `after temperature scaling for ${after[0]!.shortLabel} (${shown(after[0]!, "eceScaled")})`;
  const changes = before.some((row, i) => row !== after[i]);
  return [`${head}, ${tail}; the order of the methods ${changes ? "changes" : "stays the same"}.`];
}

/** Which methods show no more miscalibration than chance alone would, as trained and after scaling. */
function floorSentence({ rows }: ResultsOfCell): string {
  const within = (ece: "ece" | "eceScaled", floor: "eceFloor" | "eceFloorScaled"): string =>
    rows
      .filter(({ metrics }) => metrics[ece].value <= metrics[floor].value)
      .map(({ shortLabel }) => shortLabel)
      .join(", ") || "none";
  return `Methods whose ECE is within what a perfectly calibrated network would show on so many images (ECE floor): as trained ${within("ece", "eceFloor")}; after scaling ${within("eceScaled", "eceFloorScaled")}.`;
}

/** The difference of each method's accuracy from the baseline's. */
function comparisonSentence({ rows, baseline }: ResultsOfCell): string[] {
  const metric = metricOf("accuracy");
  const parts = rows.flatMap(({ shortLabel, metrics }) => {
    const { difference } = metrics.accuracy;
    if (!difference) return [];
    const by = `${formatSigned(difference.difference, metric)} ${formatSignedInterval(difference, metric)}`;
    return [`${shortLabel} ${by}, ${formatP(difference.adjustedPValue)}`];
  });
  if (parts.length === 0) return [];
  return [`Accuracy against ${baseline!.shortLabel}, in percentage points: ${parts.join("; ")}.`];
}

const cellSentences = (cell: ResultsOfCell): string[] => [
  ...bestSentence(cell, "accuracy", "Highest accuracy"),
  ...comparisonSentence(cell),
  ...bestSentence(cell, "nll", "Lowest NLL"),
  ...calibrationSentence(cell),
  floorSentence(cell),
];

/** The most important of it, where there are several cells. */
const shortSentences = (cell: ResultsOfCell): string[] =>
  [
    ...bestSentence(cell, "accuracy", "Highest accuracy"),
    ...bestSentence(cell, "nll", "Lowest NLL"),
    ...calibrationSentence(cell),
  ].map((text) => `${cell.title}: ${text}`);

/** How many cells of a grid are told one by one. */
const TOLD_CELLS = 4;

/** In how many cells a method is the best, and how often that can be told from the baseline. */
function countSentence(cells: readonly ResultsOfCell[], name: MetricName): string {
  const wins = new Map<string, { count: number; separate: number }>();
  for (const { rows } of cells) {
    const [best] = ranking(rows, name);
    if (!best) continue;
    const { count, separate } = wins.get(best.shortLabel) ?? { count: 0, separate: 0 };
    wins.set(best.shortLabel, {
      count: count + 1,
      separate: separate + Number(best.metrics[name].separate),
    });
  }
  const parts = [...wins]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, 5)
    .map(([label, { count, separate }]) => {
      const told = separate > 0 ? ` (in ${separate} told from the baseline)` : "";
      return `${label} in ${count}${told}`;
    });
  const { label, better } = metricOf(name);
  return `Best ${label} (${better} is better) of the ${cells.length} settings: ${parts.join(", ")}.`;
}

const count = (n: number, one: string, many = `${one}s`): string =>
  n === 1 ? `One ${one}` : `${n.toLocaleString("en-US")} ${many}`;

function sizeSentence(rows: readonly ResultRow[], cells: readonly ResultsOfCell[]): string {
  const seeds = Math.max(...rows.map((row) => row.seeds.length));
  const methods = new Set(rows.map(({ shortLabel }) => shortLabel)).size;
  const under = cells.length > 1 ? ` under ${cells.length} settings` : "";
  const each = seeds === 1 ? "one training seed each" : `up to ${seeds} training seeds each`;
  const range = (key: "images" | "classes"): string => {
    const all = rows.map((row) => row[key]);
    return [...new Set([Math.min(...all), Math.max(...all)])]
      .map((n) => n.toLocaleString("en-US"))
      .join(" to ");
  };
  return `${count(methods, "method")}${under}, ${each}, judged on ${range("images")} test images of ${range("classes")} classes.`;
}

/** The summary, one sentence or two an item. */
export function summaryOf(rows: readonly ResultRow[]): string[] {
  const cells = resultCells(rows);
  const told =
    cells.length === 1
      ? cellSentences(cells[0]!)
      : cells.length <= TOLD_CELLS
        ? cells.flatMap(shortSentences)
        : (["accuracy", "nll", "ece", "eceScaled", "aurc"] as const).map((name) =>
            countSentence(cells, name),
          );
  return [sizeSentence(rows, cells), ...told];
}

/**
 * Runs that are not part of the results, and what was left out while reading, one line each.
 *
 * @param nameOf - What to call a folder.
 */
export function exclusions(
  records: readonly RunRecord[],
  leftOut: readonly LeftOut[],
  nameOf: (folder: string) => string,
): string[] {
  const torn = records.flatMap(({ folder, warnings }) =>
    warnings.map((text) => text.replaceAll(folder, nameOf(folder))),
  );
  return [...leftOut.map(({ folder, reason }) => `${nameOf(folder)}: ${reason}`), ...torn];
}
