// What every experiment is made of and gives.
import type { ResultRow } from "@sd/report";
import { studyResults } from "@sd/report";
import type { Outcome } from "./comparison.ts";
import type { Blocks } from "./document.ts";
import { type Run, readStudy } from "./runs.ts";

/** The runs of a study, and their values. */
export interface Study {
  readonly folder: string;
  readonly runs: readonly Run[];
  readonly rows: readonly ResultRow[];
  readonly unfinished: number;
}

/** What an experiment says. */
export interface Findings {
  readonly blocks: Blocks;
  readonly outcomes: readonly Outcome[];
}

/** A study that has finished runs; undefined where there is none. */
export async function openStudy(folder: string): Promise<Study | undefined> {
  const { runs, unfinished } = await readStudy(folder);
  if (runs.length === 0) return undefined;
  const { rows } = await studyResults(folder);
  return { folder, runs, rows, unfinished };
}
