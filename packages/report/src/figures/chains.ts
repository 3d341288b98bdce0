// Generations: a first run without a teacher, and the students that follow, each taught by the one before.
import { groupBy } from "../group-by.ts";
import { withDetail } from "../labels.ts";
import type { ResultRow } from "../results.ts";
import { canonical, type Setting, settingsText } from "../settings.ts";

/** One method through its generations. */
export interface Chain {
  readonly label: string;
  /** By ascending generation; the first has no teacher where its row is there. */
  readonly rows: readonly ResultRow[];
}

/** A row's label without some of its details. */
export const labelWithout = (
  { methodLabel, details }: ResultRow,
  isLeftOut: (setting: Setting) => boolean,
): string =>
  withDetail(methodLabel, [settingsText(details.filter((setting) => !isLeftOut(setting)))]);

/**
 * The chains among the rows of one cell. The first generation is the cell's row of generation 0 with
 * the same method, else its baseline.
 */
export function chainsOf(rows: readonly ResultRow[]): Chain[] {
  const students = rows.filter(({ generation }) => generation > 0);
  const keyOf = ({ method, methodLabel, options }: ResultRow): string =>
    canonical([method, methodLabel, options]);
  return [...groupBy(students, keyOf)].map(([key, own]) => {
    const firsts = rows.filter(({ generation }) => generation === 0);
    const first = firsts.find((row) => keyOf(row) === key) ?? firsts.find((row) => row.baseline);
    const sorted = [...own].sort((a, b) => a.generation - b.generation);
    return {
      label: labelWithout(own[0]!, ({ name }) => name === "generation"),
      rows: first ? [first, ...sorted] : sorted,
    };
  });
}
