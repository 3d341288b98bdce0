// From folders to results: the part that all formats share.
import { resolve } from "node:path";
import type { RunRecord } from "@sd/runs";
import { ReportError } from "./error.ts";
import type { LeftOut } from "./groups.ts";
import { readRecords } from "./read-records.ts";
import { type ResultRow, type ResultsOptions, resultsTable } from "./results.ts";

/** All that a report is made of. */
export interface StudyResults {
  readonly records: readonly RunRecord[];
  readonly rows: readonly ResultRow[];
  /** Runs that are damaged, or not finished, or finished and no part of the rows. */
  readonly leftOut: readonly LeftOut[];
}

/** The runs that are not `done`, with their state as the reason. */
export const unfinished = (records: readonly RunRecord[]): LeftOut[] =>
  records
    .filter(({ status }) => status.state !== "done")
    .map(({ folder, status: { state, error } }) => ({
      folder,
      reason: typeof error === "string" ? `${state}, ${error}` : state,
    }));

/**
 * Reads runs and computes their results; what cannot be read is left out with its reason.
 *
 * @param folders - Run folders, or folders that hold some.
 * @param options - Those of {@link resultsTable}.
 * @throws {@link ReportError} `NO_RUNS` if there is no finished run, `NO_BASELINE` if none has the method that is named.
 */
export async function studyResults(
  folders: string | readonly string[],
  options: ResultsOptions = {},
): Promise<StudyResults> {
  const { records, leftOut } = await readRecords(folders);
  const all: LeftOut[] = [];
  const note = (left: LeftOut): void => {
    all.push(left);
    options.onLeftOut?.(left);
  };
  [...leftOut, ...unfinished(records)].forEach(note);
  const rows = await resultsTable(records, { ...options, onLeftOut: note });
  if (rows.length === 0) {
    const [first] = all;
    const why = first ? `; ${first.folder}: ${first.reason}` : "";
    const where = [folders].flat();
    const more = where.length > 3 ? ` and ${where.length - 3} more` : "";
    throw new ReportError(
      `expected a finished run in ${where.slice(0, 3).join(", ")}${more}${why}`,
    );
  }
  return { records, rows, leftOut: all };
}

/** The records behind rows that were computed before. */
async function withRows(
  folders: string | readonly string[],
  rows: readonly ResultRow[],
): Promise<StudyResults> {
  const { records, leftOut } = await readRecords(folders);
  const there = new Set(records.map(({ folder }) => resolve(folder)));
  const missing = rows.flatMap((row) => row.folders).find((folder) => !there.has(resolve(folder)));
  if (missing !== undefined) {
    throw new ReportError(`expected the run ${missing} of \`rows\` among the folders`);
  }
  const used = new Set(rows.flatMap((row) => row.folders));
  const unused = records
    .filter(({ folder, status }) => status.state === "done" && !used.has(folder))
    .map(({ folder }): LeftOut => ({ folder, reason: "it is no part of the given rows" }));
  return { records, rows, leftOut: [...leftOut, ...unfinished(records), ...unused] };
}

/** What {@link studyResults} gives, with rows that were computed before where there are some. */
export const resultsWith = (
  folders: string | readonly string[],
  rows: readonly ResultRow[] | undefined,
  options: ResultsOptions,
): Promise<StudyResults> =>
  rows && rows.length > 0 ? withRows(folders, rows) : studyResults(folders, options);
