// A study's grid at a glance: how the methods do from setting to setting.
import { groupBy } from "../group-by.ts";
import { METRICS, type MetricName } from "../metric-table.ts";
import type { ResultsOfCell } from "../result-cells.ts";
import { colourOf, MOST_COLOURS } from "./colours.ts";
import { type Figure, listed } from "./figure.ts";
import { pointOf } from "./generations.ts";
import { type LinePanel, linesTable, metricLines } from "./metric-lines.ts";

const SHOWN: readonly MetricName[] = ["accuracy", "nll", "nllScaled", "ece", "eceScaled", "aurc"];

/** How many settings fit below an axis. */
const MOST_SETTINGS = 12;

/** The metrics of the methods by the setting that a study varies. */
export function metricsBySetting(cells: readonly ResultsOfCell[]): Figure | undefined {
  if (cells.length < 2) return undefined;
  const drawn = cells.slice(0, MOST_SETTINGS);
  const labels = [
    ...groupBy(
      drawn.flatMap(({ rows }) => rows),
      (row) => row.shortLabel,
    ).keys(),
  ];
  const shown = labels.slice(0, MOST_COLOURS);
  const one = drawn.every(({ settings }) => settings.length === 1);
  const isNumeric = one && drawn.every(({ settings }) => typeof settings[0]!.value === "number");
  const atOf = ({ settings, title }: ResultsOfCell): number | string => {
    if (isNumeric) return settings[0]!.value as number;
    return one ? String(settings[0]!.value) : title;
  };
  const panels = SHOWN.map((name): LinePanel => {
    const metric = METRICS.find((other) => other.name === name)!;
    const points = shown.flatMap((label) =>
      drawn.flatMap((cell) =>
        cell.rows
          .filter(({ shortLabel }) => shortLabel === label)
          .flatMap((row) => pointOf(row, name, label, atOf(cell))),
      ),
    );
    return { metric, points };
  }).filter(({ points }) => points.length > 0);
  const left = [
    ...(labels.length > shown.length ? [`${labels.length - shown.length} methods`] : []),
    ...(cells.length > drawn.length ? [`${cells.length - drawn.length} settings`] : []),
  ];
  const title = one ? drawn[0]!.settings[0]!.name : "setting";
  return {
    id: "by-setting",
    title: `By ${title}`,
    description: `Lines of ${panels.map(({ metric }) => metric.label).join(", ")} by ${title}: ${listed(shown)}.`,
    caption: `Whiskers: 95 % intervals.${left.length > 0 ? ` Not drawn: ${left.join(" and ")}.` : ""}`,
    spec: metricLines(
      panels,
      shown.map((label, i) => ({ label, colour: colourOf(i) })),
      { title, type: isNumeric ? "quantitative" : "ordinal", values: drawn.map(atOf) },
    ),
    table: {
      columns: ["metric", "method", title, "value", "lower", "upper"],
      rows: linesTable(panels),
    },
  };
}
