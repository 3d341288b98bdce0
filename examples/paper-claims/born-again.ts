// Experiment 1: students of students.
import { mean } from "@sd/math";
import { judge, outcomesTable, type Prediction, pairs } from "./comparison.ts";
import type { Findings, Study } from "./experiment.ts";
import { number, table } from "./markdown.ts";
import { accuracy, uncertainty, valueIn } from "./measures.ts";
import { spearman } from "./rank-correlation.ts";
import type { Run } from "./runs.ts";
import { type Targets, targetsOf } from "./targets.ts";
import { agreementColumn, valuesTable } from "./values.ts";

/** The temperature of the study. */
const TEMPERATURE = 4;

/** A student, what it gained over the first generation, and what it was told. */
interface Taught {
  readonly gain: number;
  readonly targets: Targets;
}

/** The teachers' targets by generation, and every student's gain with its own teacher's. */
async function taught(
  runs: readonly Run[],
): Promise<{ readonly students: Taught[]; readonly byGeneration: Map<number, Targets[]> }> {
  const students: Taught[] = [];
  const byGeneration = new Map<number, Targets[]>();
  for (const student of runs.filter(({ generation }) => generation > 0)) {
    const first = runs.filter(({ generation }) => generation === 0);
    const [pair] = pairs([student], first);
    const teacher = runs.find(({ record }) => record.folder === student.teacher);
    const targets = teacher && (await targetsOf(teacher, TEMPERATURE));
    if (!pair || !targets) continue;
    students.push({ gain: valueIn(accuracy, student) - valueIn(accuracy, pair[1]), targets });
    byGeneration.set(teacher.generation, [
      ...(byGeneration.get(teacher.generation) ?? []),
      targets,
    ]);
  }
  return { students, byGeneration };
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
  const outcomes = judge(predictions);
  const { students, byGeneration } = await taught(runs);
  const told = [...byGeneration].map(([generation, targets]) => [
    `generation ${generation}`,
    number(mean(targets.map(({ uncertainty: u }) => u)), 3),
    number(mean(targets.map(({ diversity }) => diversity)), 3),
    number(mean(targets.map(({ variance }) => variance)), 4),
  ]);
  const gains = students.map(({ gain }) => gain);
  const withDiversity = spearman(
    students.map(({ targets }) => targets.diversity),
    gains,
  );
  const withUncertainty = spearman(
    students.map(({ targets }) => targets.uncertainty),
    gains,
  );
  return {
    outcomes,
    blocks: {
      "born-again-values": valuesTable(rows, [agreementColumn(runs)]),
      "born-again-tests": outcomesTable(outcomes),
      "born-again-targets": table(["teacher", "uncertainty", "diversity", "variance"], told),
      "born-again-correlation": `Spearman's correlation of the gain over generation 0 with the teacher's diversity: ${number(withDiversity, 2)}; with its uncertainty: ${number(withUncertainty, 2)}; ${students.length} students.`,
    },
  };
}
