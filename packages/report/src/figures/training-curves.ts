import { type MethodGroup, seedOf } from "../groups.ts";
import { colourOf } from "./colours.ts";
import type { Figure } from "./render.ts";

const PANELS = [
  { name: "trainLoss", title: "training loss" },
  { name: "validationAccuracy", title: "validation accuracy" },
  { name: "validationNll", title: "validation NLL" },
] as const;

/** One value a run, epoch and panel; what is no finite number is left out. */
function pointsOf(groups: readonly MethodGroup[], panel: string): object[] {
  return groups.flatMap(({ label, records }) =>
    records.flatMap((record) =>
      record.metrics
        .filter((row) => Number.isFinite(row[panel]))
        .map((row) => ({
          method: label,
          seed: seedOf(record),
          epoch: row.epoch + 1,
          value: row[panel],
        })),
    ),
  );
}

/** Training loss, validation accuracy and validation NLL by epoch. */
export function trainingCurves(groups: readonly MethodGroup[]): Figure | undefined {
  const panels = PANELS.map((panel) => ({ ...panel, values: pointsOf(groups, panel.name) })).filter(
    ({ values }) => values.length > 0,
  );
  if (panels.length === 0) return undefined;
  const labels = groups.map(({ label }) => label);
  const several = groups.some(({ records }) => records.length > 1);
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
        color: {
          field: "method",
          type: "nominal",
          title: null,
          scale: { domain: labels, range: labels.map((_, i) => colourOf(i)) },
        },
        detail: { field: "seed" },
      },
    })),
  };
  return {
    id: "training-curves",
    title: "Training curves",
    description: `Lines of ${panels.map(({ title }) => title).join(", ")} by epoch, one colour a method: ${labels.join(", ")}.`,
    caption: `By epoch, one line a run. ${several ? "Lines of one colour are seeds. " : ""}The training losses of different methods have different targets: compare their course, not their height.`,
    spec,
  };
}
