// Values of some metrics along an axis, a panel a metric, a line a method.

import { headingOf } from "../format-number.ts";
import type { MetricDefinition } from "../metric-table.ts";
import type { Series } from "./figure.ts";
import { colourScale } from "./scales.ts";

/** One value of a metric. */
export interface LinePoint {
  readonly method: string;
  readonly at: number | string;
  readonly value: number;
  readonly lower?: number;
  readonly upper?: number;
}

/** One metric along the axis. */
export interface LinePanel {
  readonly metric: Pick<MetricDefinition, "label" | "unit">;
  readonly points: readonly LinePoint[];
}

/** How the axis looks. */
export interface LineAxis {
  readonly title: string;
  readonly type: "quantitative" | "ordinal";
  /** The values where there are points. */
  readonly values: readonly (number | string)[];
}

const isShare = ({ metric }: LinePanel): boolean => metric.unit === "percent";

/** The Vega-Lite of lines with whiskers, three panels a row. */
export function metricLines(
  panels: readonly LinePanel[],
  series: readonly Pick<Series, "label" | "colour">[],
  axis: LineAxis,
): object {
  const x = {
    field: "at",
    type: axis.type,
    title: axis.title,
    ...(axis.type === "ordinal"
      ? { sort: axis.values, axis: { labelAngle: 0 } }
      : {
          axis: { grid: false, values: axis.values, format: "~g" },
          scale: { padding: 10, zero: false },
        }),
  };
  return {
    columns: 3,
    concat: panels.map((panel) => {
      const format = isShare(panel) ? { axis: { format: ".1~%" } } : {};
      const title = headingOf({ ...panel.metric, unit: "plain" } as MetricDefinition);
      const whiskers = panel.points.filter(({ lower }) => lower !== undefined);
      return {
        width: 270,
        height: 200,
        layer: [
          ...(whiskers.length === 0
            ? []
            : [
                {
                  data: { values: whiskers },
                  mark: { type: "rule", opacity: 0.55, strokeWidth: 1.5 },
                  encoding: {
                    x,
                    y: { field: "lower", type: "quantitative", title, scale: { zero: false } },
                    y2: { field: "upper" },
                    color: colourScale(series),
                  },
                },
              ]),
          {
            data: { values: panel.points },
            mark: { type: "line", strokeWidth: 2, point: { size: 40 } },
            encoding: {
              x,
              y: {
                ...{ field: "value", type: "quantitative", title, scale: { zero: false } },
                ...format,
              },
              color: colourScale(series),
            },
          },
        ],
      };
    }),
  };
}

/** The same points as lines of a table. */
export const linesTable = (panels: readonly LinePanel[]): (string | number)[][] =>
  panels.flatMap(({ metric, points }) =>
    points.map(({ method, at, value, lower, upper }) => [
      ...[metric.label, method, at, value, lower ?? Number.NaN, upper ?? Number.NaN],
    ]),
  );
