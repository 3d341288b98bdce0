// Experiment 2: one student at several temperatures of its teacher.
import { mean } from "@sd/math";
import { judge, type Prediction } from "./comparison.ts";
import type { Findings, Study } from "./experiment.ts";
import { number, table } from "./markdown.ts";
import { accuracy, valueIn } from "./measures.ts";
import { exploredTable, outcomesTable } from "./outcome-tables.ts";
import type { Run } from "./runs.ts";
import { TARGET_TITLES, targetCells, targetsOf } from "./targets.ts";
import { agreementColumn, valuesTable } from "./values.ts";

const temperatureOf = ({ options }: Run): number => Number(options.temperature);

export async function temperature({ runs, rows }: Study): Promise<Findings> {
  const students = runs.filter(({ generation }) => generation > 0);
  const teachers = runs.filter(({ generation }) => generation === 0);
  const all = [...new Set(students.map(temperatureOf))].sort((a, b) => a - b);
  const at = (wanted: number): Run[] => students.filter((run) => temperatureOf(run) === wanted);
  const predictions: Prediction[] = [
    {
      claim: "2b",
      words: "T = 16 − T = 4",
      measure: accuracy,
      expected: "lower",
      own: at(16),
      other: at(4),
    },
  ];
  const [outcomes, explored] = [judge(predictions), judge(predictions, "all")];
  const lines: string[][] = [];
  for (const one of all) {
    const targets = (await Promise.all(teachers.map((run) => targetsOf(run, one)))).flatMap(
      (found) => found ?? [],
    );
    lines.push([
      `T = ${one}`,
      ...targetCells(targets),
      number(100 * mean(at(one).map((run) => valueIn(accuracy, run))), 2),
    ]);
  }
  const head = ["targets", ...TARGET_TITLES, "accuracy of the students, %"];
  return {
    ...{ outcomes, explored },
    blocks: {
      "temperature-values": valuesTable(rows, [agreementColumn(runs)]),
      "temperature-targets": table(head, lines),
      "temperature-tests": outcomesTable(outcomes),
      "temperature-tests-all": exploredTable(outcomes, explored),
    },
  };
}
