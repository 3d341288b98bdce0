import { resolve } from "node:path";
import { fidelity } from "@sd/metrics";
import type { RunRecord } from "@sd/runs";
import { checkedPredictions } from "../evaluate-run.ts";
import { teacherFolder } from "../identity.ts";
import { METRICS, type MetricName } from "../metric-table.ts";
import type { ResultRow } from "../results.ts";
import { type Chain, chainsOf } from "./chains.ts";
import { colourOf, MOST_COLOURS } from "./colours.ts";
import { type Figure, listed } from "./figure.ts";
import { type LinePanel, type LinePoint, linesTable, metricLines } from "./metric-lines.ts";

const SHOWN: readonly MetricName[] = [
  "accuracy",
  "nll",
  "ece",
  "predictiveUncertainty",
  "confidenceDiversity",
];

const AGREEMENT = { label: "agreement with the teacher", unit: "percent" } as const;

/** A value of a row as a point; none where it is no number. */
export function pointOf(
  { metrics }: ResultRow,
  name: MetricName,
  method: string,
  at: number | string,
): LinePoint[] {
  const { value, interval } = metrics[name];
  if (!Number.isFinite(value)) return [];
  if (!interval?.every(Number.isFinite)) return [{ method, at, value }];
  return [{ method, at, value, lower: interval[0], upper: interval[1] }];
}

/** The share of test images on which runs predict what their teachers do, mean over the runs whose teacher is there. */
async function agreementOf(
  { folders }: ResultRow,
  byFolder: ReadonlyMap<string, RunRecord>,
  split: string,
): Promise<number> {
  const shares: number[] = [];
  for (const folder of folders) {
    const record = byFolder.get(resolve(folder));
    const teacher = record && byFolder.get(teacherFolder(record) ?? "");
    if (!record || !teacher) continue;
    try {
      const own = await checkedPredictions(record, split);
      const other = await checkedPredictions(teacher, split);
      if (own.shape.join() !== other.shape.join()) continue;
      shares.push(fidelity(own.logits, other.logits, own.shape).agreement);
    } catch {
      // A teacher whose predictions are damaged is left out elsewhere; here there is nothing to agree with.
    }
  }
  return shares.reduce((a, b) => a + b, 0) / shares.length;
}

async function agreementPanel(
  chains: readonly Chain[],
  byFolder: ReadonlyMap<string, RunRecord>,
  split: string,
): Promise<LinePanel> {
  const points: LinePoint[] = [];
  for (const { label, rows } of chains) {
    for (const row of rows.filter(({ generation }) => generation > 0)) {
      const value = await agreementOf(row, byFolder, split);
      if (Number.isFinite(value)) points.push({ method: label, at: row.generation, value });
    }
  }
  return { metric: AGREEMENT, points };
}

/** How the metrics go from generation to generation; only where some method has two students in a row. */
export async function generationCurves(
  rows: readonly ResultRow[],
  byFolder: ReadonlyMap<string, RunRecord>,
  split: string,
): Promise<Figure | undefined> {
  const chains = chainsOf(rows)
    .filter(({ rows: own }) => own.filter(({ generation }) => generation > 0).length > 1)
    .slice(0, MOST_COLOURS);
  if (chains.length === 0) return undefined;
  const panels = SHOWN.map((name): LinePanel => {
    const metric = METRICS.find((one) => one.name === name)!;
    const points = chains.flatMap(({ label, rows: own }) =>
      own.flatMap((row) => pointOf(row, name, label, row.generation)),
    );
    return { metric, points };
  });
  const all = [...panels, await agreementPanel(chains, byFolder, split)].filter(
    ({ points }) => points.length > 0,
  );
  const series = chains.map(({ label }, i) => ({ label, colour: colourOf(i) }));
  const generations = [
    ...new Set(chains.flatMap(({ rows: own }) => own.map(({ generation }) => generation))),
  ].sort((a, b) => a - b);
  return {
    id: "generations",
    title: "By generation",
    description: `Lines of ${all.map(({ metric }) => metric.label).join(", ")} by generation: ${listed(chains.map(({ label }) => label))}.`,
    caption:
      "Generation 0 is trained without a teacher; each later one is taught by the one before. Whiskers: 95 % intervals. Agreement: the share of test images on which student and teacher predict the same class, right or wrong.",
    spec: metricLines(all, series, {
      ...{ title: "generation", type: "quantitative", values: generations },
    }),
    table: {
      columns: ["metric", "method", "generation", "value", "lower", "upper"],
      rows: linesTable(all),
    },
  };
}
