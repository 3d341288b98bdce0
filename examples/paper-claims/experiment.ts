// What every experiment is made of and gives.
import type { ResultRow } from "@sd/report";
import { studyResults } from "@sd/report";
import type { Outcome } from "./comparison.ts";
import type { Blocks } from "./document.ts";
import { readStudy, type StudyRuns } from "./runs.ts";

/** The runs of a study, and their values. */
export interface Study extends StudyRuns {
  readonly folder: string;
  readonly rows: readonly ResultRow[];
}

/** What an experiment says. */
export interface Findings {
  readonly blocks: Blocks;
  /** By the protocol. */
  readonly outcomes: readonly Outcome[];
  /** The same predictions, of all runs. */
  readonly explored: readonly Outcome[];
}

/** A study that has finished runs; undefined where there is none. */
export async function openStudy(folder: string): Promise<Study | undefined> {
  const found = await readStudy(folder);
  if (found.runs.length === 0) return undefined;
  const { rows } = await studyResults(folder);
  return { folder, rows, ...found };
}
