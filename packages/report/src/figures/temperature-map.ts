import { formatNumber, headingOf } from "../format-number.ts";
import { groupBy } from "../group-by.ts";
import { METRICS, type MetricName } from "../metric-table.ts";
import type { ResultRow } from "../results.ts";
import { canonical } from "../settings.ts";
import { labelWithout } from "./chains.ts";
import { type Figure, listed } from "./figure.ts";
import { LABEL_LIMIT } from "./scales.ts";

const SHOWN: readonly MetricName[] = ["accuracy", "nll", "eceScaled"];

/** Light tones in both schemes of the page, so that dark numbers can be read on all of them. */
const TONES = ["#eef3f9", "#8fbbe3"];

function temperatureOf({ options }: ResultRow): number | undefined {
  const { temperature } = (options ?? {}) as { temperature?: unknown };
  return typeof temperature === "number" ? temperature : undefined;
}

interface Tile {
  readonly method: string;
  readonly temperature: string;
  readonly value: number;
  readonly text: string;
}

/** Rows whose method was run at two temperatures at least, with the name they share. */
function families(rows: readonly ResultRow[]): { label: string; rows: ResultRow[] }[] {
  const tempered = rows.filter((row) => temperatureOf(row) !== undefined);
  const keyOf = ({ method, methodLabel, options, generation }: ResultRow): string => {
    const { temperature, ...others } = options as { temperature: number };
    return canonical([method, methodLabel, others, generation]);
  };
  return [...groupBy(tempered, keyOf).values()]
    .filter((own) => new Set(own.map(temperatureOf)).size > 1)
    .map((own) => ({
      label: labelWithout(own[0]!, ({ name }) => name === "temperature"),
      rows: own,
    }));
}

/** The methods that were run at several temperatures, by temperature; undefined where there is none. */
export function temperatureMap(rows: readonly ResultRow[]): Figure | undefined {
  const found = families(rows);
  if (found.length === 0) return undefined;
  const temperatures = [
    ...new Set(found.flatMap((family) => family.rows.map((row) => temperatureOf(row)!))),
  ].sort((a, b) => a - b);
  const panels = SHOWN.map((name) => {
    const metric = METRICS.find((one) => one.name === name)!;
    const tiles = found.flatMap(({ label, rows: own }) =>
      own.flatMap((row): Tile[] => {
        const { value } = row.metrics[name];
        if (!Number.isFinite(value)) return [];
        const temperature = String(temperatureOf(row));
        return [{ method: label, temperature, value, text: formatNumber(value, metric) }];
      }),
    );
    return { metric, tiles };
  }).filter(({ tiles }) => tiles.length > 0);
  return {
    id: "temperatures",
    title: "Method and temperature",
    description: `Heat maps of ${panels.map(({ metric }) => metric.label).join(", ")} by method and temperature: ${listed(found.map(({ label }) => label))} at temperatures ${temperatures.join(", ")}.`,
    caption: `The method's own temperature, in training. Stronger blue is better in each map: ${panels
      .map(({ metric }) => `${metric.better} ${metric.label}`)
      .join(", ")}.`,
    spec: {
      columns: 3,
      concat: panels.map(({ metric, tiles }, i) => ({
        title: { text: headingOf(metric), anchor: "middle" },
        width: Math.max(140, 58 * temperatures.length),
        height: 34 * found.length,
        data: { values: tiles },
        encoding: {
          x: {
            field: "temperature",
            type: "ordinal",
            sort: temperatures.map(String),
            title: "temperature",
            axis: { labelAngle: 0 },
          },
          y: {
            field: "method",
            type: "nominal",
            sort: found.map(({ label }) => label),
            title: null,
            axis: i === 0 ? { labelLimit: LABEL_LIMIT } : { labels: false, ticks: false },
          },
        },
        layer: [
          {
            mark: { type: "rect" },
            encoding: {
              color: {
                field: "value",
                type: "quantitative",
                legend: null,
                scale: {
                  zero: false,
                  range: metric.better === "higher" ? TONES : [...TONES].reverse(),
                },
              },
            },
          },
          {
            mark: { type: "text", color: "#1c1e21", fontSize: 12 },
            encoding: { text: { field: "text", type: "nominal" } },
          },
        ],
      })),
      resolve: { scale: { color: "independent" } },
    },
    table: {
      columns: ["method", "temperature", "metric", "value"],
      rows: panels.flatMap(({ metric, tiles }) =>
        tiles.map(({ method, temperature, value }) => [method, temperature, metric.label, value]),
      ),
    },
  };
}
