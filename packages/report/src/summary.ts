// The results in sentences: what can be said, and no more.
import type { RunRecord } from "@sd/runs";
import { formatInterval, formatNumber } from "./format-number.ts";
import { intervalNote } from "./format-table.ts";
import { METRICS, type MetricDefinition, type MetricName } from "./metric-table.ts";
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
function bestSentence(rows: readonly ResultRow[], name: MetricName, superlative: string): string[] {
  const [best] = ranking(rows, name);
  const baseline = rows[0]!;
  if (!best || rows.length < 2) return [];
  const head = `${superlative}: ${best.label}, ${shown(best, name)}`;
  if (best.baseline) return [`${head}.`];
  const relation = best.metrics[name].separate ? "lies apart from" : "overlaps";
  return [`${head}; the interval ${relation} that of ${baseline.label}, ${shown(baseline, name)}.`];
}

/** Whether temperature scaling turns the order of calibration round. */
function calibrationSentence(rows: readonly ResultRow[]): string[] {
  const [before, after] = [ranking(rows, "ece"), ranking(rows, "eceScaled")];
  if (rows.length < 2 || after.length < rows.length || before.length < rows.length) return [];
  const head = `ECE as trained is lowest for ${before[0]!.label} (${shown(before[0]!, "ece")})`;
  const tail = `after temperature scaling for ${after[0]!.label} (${shown(after[0]!, "eceScaled")})`;
  const changes = before.some((row, i) => row !== after[i]);
  return [`${head}, ${tail}; the order of the methods ${changes ? "changes" : "stays the same"}.`];
}

/** Which methods show no more miscalibration than chance alone would, as trained and after scaling. */
function floorSentence(rows: readonly ResultRow[]): string {
  const within = (ece: "ece" | "eceScaled", floor: "eceFloor" | "eceFloorScaled"): string =>
    rows
      .filter(({ metrics }) => metrics[ece].value <= metrics[floor].value)
      .map(({ label }) => label)
      .join(", ") || "none";
  return `Methods whose ECE is within what a perfectly calibrated network would show on so many images (ECE floor): as trained ${within("ece", "eceFloor")}; after scaling ${within("eceScaled", "eceFloorScaled")}.`;
}

const signed = (x: number): string => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(2)}`;

const probability = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`);

/** The difference of each method's accuracy from the baseline's. */
function comparisonSentence(rows: readonly ResultRow[]): string[] {
  const parts = rows.flatMap(({ label, comparison }) => {
    if (!comparison) return [];
    const { difference, pValue, interval } = comparison;
    const evidence = interval
      ? `[${interval.map(signed).join(", ")}]`
      : `(${probability(pValue ?? Number.NaN)})`;
    return [`${label} ${signed(difference)} ${evidence}`];
  });
  if (parts.length === 0) return [];
  const several = rows.some(({ comparison }) => comparison?.test === "paired seeds");
  const test = several
    ? "95 % intervals of paired seeds"
    : "McNemar's exact test on the same images";
  return [
    `Accuracy against ${rows[0]!.label}, in percentage points (${test}, not corrected for several comparisons): ${parts.join("; ")}.`,
  ];
}

/**
 * Runs that are not part of the results, and what was left out while reading.
 *
 * @param names - What to call each record.
 */
export function exclusions(records: readonly RunRecord[], names: readonly string[]): string[] {
  return records.flatMap(({ folder, status, warnings }, i) => {
    const reason = status.error ? `, ${status.error}` : "";
    const state = status.state === "done" ? [] : [`${names[i]}: ${status.state}${reason}`];
    return [...state, ...warnings.map((warning) => warning.replace(folder, names[i]!))];
  });
}

/** The summary, one sentence or two an item. */
export function summaryOf(rows: readonly ResultRow[], images: number, classes: number): string[] {
  const seeds = Math.max(...rows.map((row) => row.seeds.length));
  const methods = rows.length === 1 ? "One method" : `${rows.length} methods`;
  const each = seeds === 1 ? "one training seed each" : `up to ${seeds} training seeds each`;
  return [
    `${methods}, ${each}, judged on ${images.toLocaleString("en-US")} test images of ${classes} classes.`,
    ...bestSentence(rows, "accuracy", "Highest accuracy"),
    ...comparisonSentence(rows),
    ...bestSentence(rows, "nll", "Lowest NLL"),
    ...calibrationSentence(rows),
    floorSentence(rows),
    intervalNote(rows),
  ];
}
