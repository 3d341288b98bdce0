import { formatNumber } from "../format-number.ts";
import { METRICS, type MetricName } from "../metric-table.ts";
import { type Figure, listed, type Series } from "./figure.ts";
import { LABEL_LIMIT } from "./scales.ts";

const SHOWN: readonly MetricName[] = ["trainingTime", "imagesPerSecond"];
const TITLES: Partial<Record<MetricName, string>> = {
  trainingTime: "training time, s",
  imagesPerSecond: "training images a second",
};

/** What each method costs: time to train, and speed. */
export function costBars(series: readonly Series[]): Figure | undefined {
  const panels = SHOWN.map((name) => ({
    metric: METRICS.find((one) => one.name === name)!,
    bars: series.flatMap(({ label, row, colour }) => {
      const { value } = row.metrics[name];
      return Number.isFinite(value) ? [{ method: label, value, colour }] : [];
    }),
  })).filter(({ bars }) => bars.length > 0);
  if (panels.length === 0) return undefined;
  const labels = series.map(({ label }) => label);
  return {
    id: "cost",
    title: "Cost",
    description: `Bars of training time and images a second: ${listed(
      series.map(({ label, row }) => {
        const texts = panels.map(
          ({ metric }) =>
            `${formatNumber(row.metrics[metric.name].value, metric)} ${metric.unit === "seconds" ? "s" : "images/s"}`,
        );
        return `${label} ${texts.join(", ")}`;
      }),
    )}.`,
    caption:
      "Mean over seeds. A student's time is its own, without its teacher's. Runs that shared a machine slow each other down: compare only what ran alike.",
    spec: {
      hconcat: panels.map(({ metric, bars }, i) => ({
        width: 330,
        height: 30 * series.length,
        data: { values: bars },
        mark: { type: "bar", height: { band: 0.7 } },
        encoding: {
          y: {
            field: "method",
            type: "nominal",
            sort: labels,
            title: null,
            axis: i === 0 ? { labelLimit: LABEL_LIMIT } : { labels: false, ticks: false },
          },
          x: {
            field: "value",
            type: "quantitative",
            title: TITLES[metric.name],
            axis: { tickCount: 5 },
          },
          color: { field: "colour", type: "nominal", scale: null },
        },
      })),
    },
    table: {
      columns: ["method", "measure", "value"],
      rows: panels.flatMap(({ metric, bars }) =>
        bars.map(({ method, value }) => [method, TITLES[metric.name]!, value]),
      ),
    },
  };
}
