// Experiment 1: students of students.
import { type Among, judge, type Prediction, pairs } from "./comparison.ts";
import type { Findings, Study } from "./experiment.ts";
import { number, table } from "./markdown.ts";
import { accuracy, uncertainty, valueIn } from "./measures.ts";
import { exploredTable, outcomesTable } from "./outcome-tables.ts";
import { spearman } from "./rank-correlation.ts";
import type { Run } from "./runs.ts";
import { TARGET_TITLES, type Targets, targetCells, targetsOf } from "./targets.ts";
import { agreementColumn, valuesTable } from "./values.ts";

/** The temperature of the study. */
const TEMPERATURE = 4;

/** A student, what it gained over the first generation, and what it was told. */
interface Taught {
  readonly gain: number;
  readonly targets: Targets;
}

/** The students that are compared with the first generation, each with what its own teacher told it. */
async function taught(runs: readonly Run[], among: Among): Promise<Taught[]> {
  const first = runs.filter(({ generation }) => generation === 0);
  const students = runs.filter(({ generation }) => generation > 0);
  const found = await Promise.all(
    pairs(students, first, among).map(async ([student, plain]) => {
      const teacher = runs.find(({ record }) => record.folder === student.teacher);
      const targets = teacher && (await targetsOf(teacher, TEMPERATURE));
      const gain = valueIn(accuracy, student) - valueIn(accuracy, plain);
      return targets ? [{ gain, targets }] : [];
    }),
  );
  return found.flat();
}

/** How the gain goes with what the teachers told. */
function correlationLine(students: readonly Taught[], words: string): string {
  const gains = students.map(({ gain }) => gain);
  const of = (name: "diversity" | "uncertainty"): string =>
    number(
      spearman(
        students.map(({ targets }) => targets[name]),
        gains,
      ),
      2,
    );
  return `- 1d, ${words} (${students.length} students): Spearman's correlation of the gain over generation 0 with the teacher's diversity ${of("diversity")}, with its uncertainty ${of("uncertainty")}.`;
}

/** The correlations among the students that the protocol admits, and among all where these are more. */
function correlations(admitted: readonly Taught[], all: readonly Taught[]): string {
  const own = correlationLine(admitted, "by the protocol");
  return all.length === admitted.length ? own : `${own}\n${correlationLine(all, "all runs")}`;
}

/** What the students of each generation are told, mean over seeds. */
async function toldTable(runs: readonly Run[]): Promise<string> {
  const teachers = runs.filter(({ record }) =>
    runs.some(({ teacher }) => teacher === record.folder),
  );
  const generations = [...new Set(teachers.map(({ generation }) => generation))].sort(
    (a, b) => a - b,
  );
  const lines = generations.map(async (generation) => {
    const own = teachers.filter((run) => run.generation === generation);
    const targets = (await Promise.all(own.map((run) => targetsOf(run, TEMPERATURE)))).flatMap(
      (found) => found ?? [],
    );
    return [`generation ${generation}`, ...targetCells(targets)];
  });
  return table(["teacher", ...TARGET_TITLES], await Promise.all(lines));
}

export async function bornAgain({ runs, rows }: Study): Promise<Findings> {
  const of = (wanted: number): Run[] => runs.filter(({ generation }) => generation === wanted);
  const last = Math.max(...runs.map(({ generation }) => generation));
  const later = Array.from({ length: last }, (_, g) => g + 1);
  const predictions: Prediction[] = [
    ...later.map(
      (g): Prediction => ({
        claim: g === 1 ? "1a" : "1b",
        words: `generation ${g} − generation 0`,
        measure: accuracy,
        expected: "higher",
        own: of(g),
        other: of(0),
      }),
    ),
    {
      claim: "1c",
      words: "generation 1 − generation 0",
      measure: uncertainty,
      expected: "higher",
      own: of(1),
      other: of(0),
    },
  ];
  const [outcomes, explored] = [judge(predictions), judge(predictions, "all")];
  return {
    ...{ outcomes, explored },
    blocks: {
      "born-again-values": valuesTable(rows, [agreementColumn(runs)]),
      "born-again-tests": outcomesTable(outcomes),
      "born-again-tests-all": exploredTable(outcomes, explored),
      "born-again-targets": await toldTable(runs),
      "born-again-correlation": correlations(
        await taught(runs, "admitted"),
        await taught(runs, "all"),
      ),
    },
  };
}
