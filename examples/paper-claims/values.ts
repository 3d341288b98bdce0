// The values of a study's methods, as `sd report` computes them.
import { mean } from "@sd/math";
import { fidelity } from "@sd/metrics";
import type { MetricName, ResultRow } from "@sd/report";
import { number, plusMinus, table } from "./markdown.ts";
import type { Run } from "./runs.ts";

const SHOWN: readonly (readonly [MetricName, title: string, scale: number, digits: number])[] = [
  ["accuracy", "accuracy, %", 100, 2],
  ["nll", "NLL", 1, 3],
  ["nllScaled", "NLL, scaled", 1, 3],
  ["brier", "Brier", 1, 3],
  ["ece", "ECE, %", 100, 2],
  ["eceFloor", "floor, %", 100, 2],
  ["eceScaled", "ECE, scaled, %", 100, 2],
  ["predictiveUncertainty", "uncertainty", 1, 3],
  ["confidenceDiversity", "diversity", 1, 3],
  ["confidenceVariance", "variance", 1, 4],
];

/** A column that is not among the report's. */
export interface Column {
  readonly title: string;
  readonly of: (row: ResultRow) => string;
}

/** The share of test images on which students agree with their teachers, mean over seeds. */
export function agreementColumn(runs: readonly Run[]): Column {
  const byFolder = new Map(runs.map((run) => [run.record.folder, run]));
  return {
    title: "agrees with its teacher, %",
    of({ folders }) {
      const shares = folders.flatMap((folder) => {
        const run = byFolder.get(folder);
        const teacher = byFolder.get(run?.teacher ?? "");
        if (!run || !teacher) return [];
        return [fidelity(run.test.logits, teacher.test.logits, run.test.shape).agreement];
      });
      return number(100 * mean(shares), 1);
    },
  };
}

/** One line a method, with half the width of the interval over seeds behind each value. */
export function valuesTable(rows: readonly ResultRow[], more: readonly Column[] = []): string {
  const line = (row: ResultRow): string[] => [
    row.shortLabel,
    ...SHOWN.map(([name, , scale, digits]) => {
      const { value, interval } = row.metrics[name];
      const scaled = interval && ([scale * interval[0], scale * interval[1]] as const);
      // A floor is drawn, not measured: its spread over seeds says nothing.
      const cell =
        scaled && name !== "eceFloor"
          ? { value: scale * value, interval: scaled }
          : { value: scale * value };
      return plusMinus(cell, digits);
    }),
    ...more.map(({ of }) => of(row)),
  ];
  const head = ["", ...SHOWN.map(([, title]) => title), ...more.map(({ title }) => title)];
  return table(head, rows.map(line));
}
