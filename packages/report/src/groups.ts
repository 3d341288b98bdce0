// Runs that differ in nothing but their seed are one group; groups that are compared share a cell.
import { resolve } from "node:path";
import type { RunRecord } from "@sd/runs";
import { arrange, cellsOf, compareSettings } from "./cells.ts";
import { type Draft, draftOf } from "./drafts.ts";
import { ReportError } from "./error.ts";
import { groupBy } from "./group-by.ts";
import { equalRuns, seedOf, teacherFolder } from "./identity.ts";
import { distinct, unique, withDetail } from "./labels.ts";
import { cellTitles, differingPaths, type Setting, settingsAt, settingsText } from "./settings.ts";

/** Finished runs that differ in nothing but what their seed determines. */
export interface RunGroup {
  /** For people; unique among all groups. */
  readonly label: string;
  /** For people; unique among the groups of its cell. */
  readonly shortLabel: string;
  /** The method's own, which namesakes share. */
  readonly methodLabel: string;
  /** What tells it from its namesakes in the cell. */
  readonly details: readonly Setting[];
  readonly method: string;
  readonly options: unknown;
  readonly generation: number;
  /** What its cell's other groups are compared with. */
  readonly baseline: boolean;
  /** By ascending seed, each seed once. */
  readonly records: readonly RunRecord[];
}

/** Groups that differ in their method: a cell of a study's grid. */
export interface Cell {
  /** What tells it from the other cells; empty where it is the only one. */
  readonly settings: readonly Setting[];
  /** The baseline first. */
  readonly groups: readonly RunGroup[];
}

/** Something that is no part of the results, and why. */
export interface LeftOut {
  readonly folder: string;
  readonly reason: string;
}

/** One run a seed: the same configuration with the same seed is the same run once more. */
function once(records: readonly RunRecord[], leftOut: LeftOut[]): RunRecord[] {
  const bySeed = groupBy(records, seedOf);
  for (const [kept, ...copies] of bySeed.values()) {
    for (const { folder } of copies) {
      const reason = `the same configuration and seed as ${kept!.folder}`;
      leftOut.push({ folder, reason });
    }
  }
  return [...bySeed.values()].map(([kept]) => kept!).sort((a, b) => seedOf(a) - seedOf(b));
}

const isCrossEntropy = ({ method }: Draft): boolean => /^(cce|cross-?entropy)$/i.test(method);

/** The name of the method that others are compared with. */
function baselineName(drafts: readonly Draft[], asked: string | undefined): string | undefined {
  if (asked === undefined) return (drafts.find(isCrossEntropy) ?? drafts[0])?.method;
  if (drafts.length === 0 || drafts.some(({ method }) => method === asked)) return asked;
  const there = [...new Set(drafts.map(({ method }) => method))].join(", ");
  throw new ReportError(
    `baseline: expected the method of a finished run (${there}), got ${asked}`,
    "NO_BASELINE",
  );
}

/** What {@link groupRuns} found. */
export interface Grouping {
  readonly cells: readonly Cell[];
  /** Runs that stand a second time among those that are there. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Groups finished runs by everything in their configuration but what the seed determines.
 *
 * @param records - Runs in any state; those that are not `done` are left out.
 * @param baseline - The method's name that comes first; default the first plain cross-entropy.
 * @throws {@link ReportError} `NO_BASELINE` if no finished run has that method.
 */
export function groupRuns(records: readonly RunRecord[], baseline?: string): Grouping {
  const leftOut: LeftOut[] = [];
  const done = records.filter(({ status }) => status.state === "done");
  const byFolder = new Map(records.map((record) => [resolve(record.folder), record]));
  const teacherOf = (record: RunRecord): RunRecord | undefined =>
    byFolder.get(teacherFolder(record) ?? "");
  const drafts = equalRuns(done, records).map((equal) => draftOf(once(equal, leftOut), teacherOf));
  const name = baselineName(drafts, baseline);
  const isBaseline = ({ method }: Draft): boolean => method === name;
  const cells = cellsOf(drafts, isBaseline).map((cell) => arrange(cell, isBaseline));
  const paths = cells.length < 2 ? [] : differingPaths(cells.map(([first]) => first!.draft.cell));
  const all = distinct(cells.map((groups) => settingsAt(groups[0]!.draft.cell, paths)));
  const settled = cells
    .map((groups, c) => ({ groups, settings: all[c]! }))
    .sort((a, b) => compareSettings(a.settings, b.settings));
  const titles = cellTitles(settled.map(({ settings }) => settings));
  const labels = unique(
    settled.flatMap(({ groups }, c) =>
      groups.map(({ draft, detail }) =>
        withDetail(draft.methodLabel, [settingsText(detail), titles[c]!]),
      ),
    ),
  );
  let next = 0;
  return {
    leftOut,
    cells: settled.map(({ groups, settings }) => {
      const short = unique(
        groups.map(({ draft, detail }) => withDetail(draft.methodLabel, [settingsText(detail)])),
      );
      return {
        settings,
        groups: groups.map(({ draft, detail }, i): RunGroup => {
          const { method, methodLabel, options, generation } = draft;
          return {
            label: labels[next++]!,
            shortLabel: short[i]!,
            ...{ methodLabel, details: detail },
            ...{ method, options, generation, records: draft.records },
            baseline: i === 0 && isBaseline(draft),
          };
        }),
      };
    }),
  };
}
