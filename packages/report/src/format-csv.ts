// Comma-separated values, RFC 4180, in full precision.
import { METRICS } from "./metric-table.ts";
import type { ResultRow } from "./results.ts";
import { settingsText } from "./settings.ts";

/** A name, in quotes where it must be; one that a spreadsheet would take for a formula starts with an apostrophe. */
const quoted = (text: string): string => {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
};

/** Lines of names and numbers; what is absent or no number is empty. */
export function csvLines(lines: readonly (readonly (string | number | undefined)[])[]): string {
  const field = (value: string | number | undefined): string => {
    if (typeof value === "string") return quoted(value);
    return value === undefined || Number.isNaN(value) ? "" : String(value);
  };
  return lines.map((line) => line.map(field).join(",")).join("\r\n");
}

/** One line a row of the results, everything that there is of it. */
export function csvResults(rows: readonly ResultRow[]): string {
  const head = METRICS.flatMap(({ name, better }) => [
    ...[name, `${name}_lower`, `${name}_upper`],
    ...(better === null
      ? []
      : ["difference", "difference_lower", "difference_upper", "p", "p_holm"].map(
          (part) => `${name}_${part}`,
        )),
  ]);
  const body = rows.map((row) => [
    ...[row.label, row.method, row.seeds.join(" "), row.intervals, row.generation],
    ...[settingsText(row.cell), row.baseline ? "yes" : "no", row.temperatures.join(" ")],
    ...METRICS.flatMap(({ name, better }) => {
      const { value, interval, difference } = row.metrics[name];
      const own = [value, interval?.[0], interval?.[1]];
      if (better === null) return own;
      const { pValue, adjustedPValue } = difference ?? {};
      const ends = [difference?.interval[0], difference?.interval[1]];
      return [...own, difference?.difference, ...ends, pValue, adjustedPValue];
    }),
    row.folders.join(" "),
  ]);
  const first = ["label", "method", "seeds", "intervals", "generation", "settings", "baseline"];
  return csvLines([[...first, "temperatures", ...head, "folders"], ...body]);
}
