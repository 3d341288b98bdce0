import { formatNumber } from "../format-number.ts";
import { METRICS, type MetricName } from "../metric-table.ts";
import type { ResultRow } from "../results.ts";
import { chainsOf } from "./chains.ts";
import { type Figure, listed, type Series } from "./figure.ts";
import { colourScale } from "./scales.ts";

const metricOf = (name: MetricName) => METRICS.find((metric) => metric.name === name)!;
const X = metricOf("predictiveUncertainty");
const Y = metricOf("confidenceDiversity");

interface Place {
  readonly method: string;
  readonly generation: number;
  readonly x: number;
  readonly y: number;
  readonly x1?: number;
  readonly x2?: number;
  readonly y1?: number;
  readonly y2?: number;
}

function placeOf({ shortLabel, generation, metrics }: ResultRow): Place[] {
  const [x, y] = [metrics[X.name], metrics[Y.name]];
  if (!Number.isFinite(x.value) || !Number.isFinite(y.value)) return [];
  const ends = [...(x.interval ?? [Number.NaN]), ...(y.interval ?? [Number.NaN])];
  const place = { method: shortLabel, generation, x: x.value, y: y.value };
  if (ends.length < 4 || !ends.every(Number.isFinite)) return [place];
  return [{ ...place, x1: ends[0]!, x2: ends[1]!, y1: ends[2]!, y2: ends[3]! }];
}

const quantitative = (field: string, title?: string): object => ({
  field,
  type: "quantitative",
  ...(title === undefined ? {} : { title }),
  scale: { zero: false, padding: 12 },
});

/** Predictive uncertainty against confidence diversity: a point a method and generation. */
export function uncertaintyPlane(series: readonly Series[]): Figure | undefined {
  const rows = series.map(({ row }) => row);
  const places = rows.flatMap(placeOf);
  if (places.length < 2) return undefined;
  const lines = chainsOf(rows).flatMap(({ label, rows: chain }) =>
    chain.flatMap((row) =>
      placeOf(row).map(({ x, y, generation }) => ({ chain: label, x, y, generation })),
    ),
  );
  const colour = colourScale(series);
  const withEnds = places.filter(({ x1 }) => x1 !== undefined);
  const ends = (from: object): object => ({
    data: { values: withEnds },
    mark: { type: "rule", opacity: 0.5 },
    encoding: { ...from, color: colour },
  });
  const layers = [
    {
      data: { values: lines },
      mark: { type: "line", color: "currentColor", opacity: 0.45, strokeDash: [4, 3] },
      encoding: {
        x: quantitative("x"),
        y: quantitative("y"),
        detail: { field: "chain" },
        order: { field: "generation" },
      },
    },
    ends({ x: quantitative("x1"), x2: { field: "x2" }, y: quantitative("y") }),
    ends({ x: quantitative("x"), y: quantitative("y1"), y2: { field: "y2" } }),
    {
      data: { values: places },
      mark: { type: "point", filled: true, size: 90, opacity: 1 },
      encoding: {
        x: quantitative("x", `${X.label}, nats`),
        y: quantitative("y", `${Y.label}, nats`),
        color: colour,
      },
    },
    {
      data: { values: places.filter(({ generation }) => generation > 0) },
      mark: { type: "text", dx: 12, color: "currentColor", fontSize: 11 },
      encoding: { x: quantitative("x"), y: quantitative("y"), text: { field: "generation" } },
    },
  ];
  return {
    id: "plane",
    title: "Uncertainty and diversity",
    description: `Points by predictive uncertainty and confidence diversity: ${listed(
      rows.map(
        ({ shortLabel, metrics }) =>
          `${shortLabel} (${formatNumber(metrics[X.name].value, X)}, ${formatNumber(metrics[Y.name].value, Y)})`,
      ),
    )}.`,
    caption: `Right: less certain predictions on average. Up: confidences that differ more between images. Lines through the points are 95 % intervals${lines.length > 0 ? "; a dashed line joins the generations of one method, numbered by generation" : ""}.`,
    spec: {
      width: 520,
      height: 300,
      // A layer without a datum would have no scale.
      layer: layers.filter(
        ({ data }: { data?: { values: readonly object[] } }) => data!.values.length > 0,
      ),
    },
    table: {
      columns: ["method", "generation", X.label, Y.label],
      rows: places.map(({ method, generation, x, y }) => [method, generation, x, y]),
    },
  };
}
