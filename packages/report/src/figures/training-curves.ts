import { seedOf } from "../identity.ts";
import { type Figure, listed, type Series } from "./figure.ts";
import { colourScale } from "./scales.ts";

const PANELS = [
  { name: "trainLoss", title: "training loss" },
  { name: "validationAccuracy", title: "validation accuracy" },
  { name: "validationNll", title: "validation NLL" },
] as const;

interface Point {
  readonly method: string;
  readonly seed: number;
  readonly epoch: number;
  readonly value: number;
}

/** One value a run, epoch and panel; what is no finite number is left out. */
function pointsOf(series: readonly Series[], panel: string): Point[] {
  return series.flatMap(({ label, records }) =>
    records.flatMap((record) =>
      record.metrics.flatMap((row): Point[] => {
        const value = row[panel];
        if (typeof value !== "number" || !Number.isFinite(value)) return [];
        return [{ method: label, seed: seedOf(record), epoch: row.epoch + 1, value }];
      }),
    ),
  );
}

/** Training loss, validation accuracy and validation NLL by epoch. */
export function trainingCurves(series: readonly Series[]): Figure | undefined {
  const panels = PANELS.map((panel) => ({ ...panel, values: pointsOf(series, panel.name) })).filter(
    ({ values }) => values.length > 0,
  );
  if (panels.length === 0) return undefined;
  const several = series.some(({ records }) => records.length > 1);
  const spec = {
    hconcat: panels.map(({ title, values }) => ({
      width: 285,
      height: 230,
      data: { values },
      mark: { type: "line", strokeWidth: 2, opacity: several ? 0.7 : 1, point: { size: 14 } },
      encoding: {
        x: {
          field: "epoch",
          type: "quantitative",
          title: "epoch",
          axis: { tickMinStep: 1, grid: false, format: "d" },
        },
        y: { field: "value", type: "quantitative", title, scale: { zero: false } },
        color: colourScale(series),
        detail: { field: "seed" },
      },
    })),
  };
  return {
    id: "training-curves",
    title: "Training curves",
    description: `Lines of ${panels.map(({ title }) => title).join(", ")} by epoch, one colour a method: ${listed(series.map(({ label }) => label))}.`,
    caption: `By epoch, one line a run. ${several ? "Lines of one colour are seeds. " : ""}The training losses of different methods have different targets: compare their course, not their height.`,
    spec,
    table: {
      columns: ["method", "seed", "measure", "epoch", "value"],
      rows: panels.flatMap(({ title, values }) =>
        values.map(({ method, seed, epoch, value }) => [method, seed, title, epoch, value]),
      ),
    },
  };
}
