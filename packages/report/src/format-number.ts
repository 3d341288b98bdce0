import type { PairedDifference } from "./differences.ts";
import type { MetricDefinition } from "./metric-table.ts";
import type { ResultCell } from "./results.ts";

/** Made once for each number of digits: making one costs more than using it a thousand times. */
const formats = new Map<number, Intl.NumberFormat>();

/** Thousands apart, point before the decimals, whatever the machine's locale. */
function grouped(x: number, digits: number): string {
  let format = formats.get(digits);
  if (format === undefined) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat("en-US", options);
    formats.set(digits, format);
  }
  return format.format(x);
}

/** A number as its metric is written, without unit: 0.9042 as 90.42 for a share. */
export function formatNumber(x: number, { unit, digits }: MetricDefinition): string {
  if (Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const text = grouped(unit === "percent" ? 100 * x : x, digits);
  // A negative number that rounds to nothing is nothing.
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/** `[lo, hi]` of a cell, or nothing. */
export function formatInterval(
  { interval }: Pick<ResultCell, "interval">,
  metric: MetricDefinition,
): string {
  if (!interval || interval.some(Number.isNaN)) return "";
  return `[${interval.map((end) => formatNumber(end, metric)).join(", ")}]`;
}

/** A number with its sign. */
export function formatSigned(x: number, metric: MetricDefinition): string {
  const text = formatNumber(x, metric);
  return /[1-9∞]/.test(text) && x > 0 ? `+${text}` : text;
}

/** `[lo, hi]` with signs. */
export const formatSignedInterval = (
  { interval }: Pick<PairedDifference, "interval">,
  metric: MetricDefinition,
): string => `[${interval.map((end) => formatSigned(end, metric)).join(", ")}]`;

/** A p-value of two digits. */
export const formatP = (p: number): string => {
  if (Number.isNaN(p)) return "p –";
  if (p < 0.001) return "p < 0.001";
  return `p ${p >= 0.995 ? "1" : p.toFixed(p < 0.01 ? 3 : 2)}`;
};

/** The metric's label with its unit. */
export const headingOf = ({ label, unit }: MetricDefinition): string => {
  if (unit === "seconds") return `${label}, s`;
  return unit === "percent" ? `${label}, %` : label;
};

/** The label of a difference: of percentages it is points. */
export const differenceHeadingOf = (metric: MetricDefinition): string =>
  metric.unit === "percent" ? `${metric.label}, points` : headingOf(metric);

/** The row whose value is the best of all, if it can be told from the baseline's; −1 if none. */
export function bestRow(cells: readonly ResultCell[], { better }: MetricDefinition): number {
  if (better === null) return -1;
  const sign = better === "higher" ? 1 : -1;
  let best = -1;
  cells.forEach(({ value }, i) => {
    if (!Number.isNaN(value) && (best < 0 || sign * value > sign * cells[best]!.value)) best = i;
  });
  return best >= 0 && cells[best]!.separate ? best : -1;
}
