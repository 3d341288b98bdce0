import type { MetricDefinition } from "./metric-table.ts";
import type { ResultCell } from "./results.ts";

/** Thousands apart, point before the decimals, whatever the machine's locale. */
const grouped = (x: number, digits: number): string =>
  x.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A number as its metric is written, without unit: 0.9042 as 90.42 for a share. */
export function formatNumber(x: number, { unit, digits }: MetricDefinition): string {
  if (Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  return grouped(unit === "percent" ? 100 * x : x, digits).replace("-", "−");
}

/** `[lo, hi]` of a cell, or nothing. */
export function formatInterval({ interval }: ResultCell, metric: MetricDefinition): string {
  if (!interval || interval.some(Number.isNaN)) return "";
  return `[${interval.map((end) => formatNumber(end, metric)).join(", ")}]`;
}

/** The metric's label with its unit. */
export const headingOf = ({ label, unit }: MetricDefinition): string =>
  unit === "percent" ? `${label}, %` : label;

/** The rows whose value is the best of all and whose interval is apart from the baseline's. */
export function bestRow(cells: readonly ResultCell[], { better }: MetricDefinition): number {
  if (better === null) return -1;
  const sign = better === "higher" ? 1 : -1;
  let best = -1;
  cells.forEach(({ value }, i) => {
    if (!Number.isNaN(value) && (best < 0 || sign * value > sign * cells[best]!.value)) best = i;
  });
  return best >= 0 && cells[best]!.separate ? best : -1;
}
