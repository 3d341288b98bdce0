// Runs that differ in nothing but their seed are one group; groups that are compared share a cell.
import { resolve } from "node:path";
import type { RunRecord } from "@sd/runs";
import { ReportError } from "./error.ts";
import { groupBy } from "./group-by.ts";
import {
  cellConfigOf,
  equalRuns,
  generationOf,
  methodOf,
  seedOf,
  teacherFolder,
} from "./identity.ts";
import {
  canonical,
  cellTitles,
  differingPaths,
  leavesOf,
  type Setting,
  settingsAt,
  settingsText,
} from "./settings.ts";

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

interface Draft {
  readonly records: readonly RunRecord[];
  readonly method: string;
  readonly methodLabel: string;
  readonly options: unknown;
  readonly generation: number;
  readonly cellKey: string;
  readonly cell: ReadonlyMap<string, unknown>;
  /** What may tell it from its namesakes. */
  readonly own: ReadonlyMap<string, unknown>;
}

function draftOf(
  records: readonly RunRecord[],
  teacherOf: (record: RunRecord) => RunRecord | undefined,
): Draft {
  const [first] = records;
  const { name, label, options } = methodOf(first!);
  const generation = generationOf(first!);
  const config = cellConfigOf(first!);
  const teacher = teacherOf(first!);
  const taught: [string, unknown][] = teacher ? [["teacher", methodOf(teacher).label]] : [];
  return {
    records,
    ...{ method: name, methodLabel: label, options, generation },
    cellKey: canonical(config),
    cell: leavesOf(config),
    own: new Map([...leavesOf(options), ["generation", generation], ["method", name], ...taught]),
  };
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

/** Among how many cells the nearest one is looked for. */
const MOST_NEIGHBOURS = 50;

/**
 * The drafts by cell. Where methods never meet in a cell, all are one. A cell without a baseline goes
 * to the one cell with a baseline that differs in fewer settings than any other; failing that it stays alone.
 */
function cellsOf(drafts: readonly Draft[], isBaseline: (draft: Draft) => boolean): Draft[][] {
  const cells = [...groupBy(drafts, ({ cellKey }) => cellKey).values()];
  if (cells.every((cell) => cell.length === 1)) return drafts.length === 0 ? [] : [[...drafts]];
  const [withBaseline, without] = [true, false].map((has) =>
    cells.filter((cell) => cell.some(isBaseline) === has),
  ) as [Draft[][], Draft[][]];
  if (withBaseline.length > MOST_NEIGHBOURS) return cells;
  const alone = without.filter((cell) => {
    const distances = withBaseline.map(
      ([other]) => differingPaths([other!.cell, cell[0]!.cell]).length,
    );
    const nearest = Math.min(...distances);
    const at = distances.indexOf(nearest);
    if (at < 0 || distances.lastIndexOf(nearest) !== at) return true;
    withBaseline[at]!.push(...cell);
    return false;
  });
  return [...withBaseline, ...alone];
}

const byText = new Intl.Collator("en", { numeric: true });

/** Numbers by size, everything else as text. */
function compareSettings(a: readonly Setting[], b: readonly Setting[]): number {
  for (const [i, { value }] of a.slice(0, b.length).entries()) {
    const other = b[i]!.value;
    const order =
      typeof value === "number" && typeof other === "number"
        ? value - other
        : byText.compare(String(value), String(other));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Labels that no two groups share. */
function unique(labels: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} [${count}]`;
  });
}

/** Settings that no two cells share: values that read alike, such as 1 and "1", are numbered. */
function distinct(all: readonly (readonly Setting[])[]): (readonly Setting[])[] {
  const seen = new Map<string, number>();
  return all.map((settings) => {
    const text = settingsText(settings);
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return count === 1 ? settings : [...settings, { name: "variant", value: count }];
  });
}

interface Detailed {
  readonly draft: Draft;
  /** What tells it from its namesakes in the cell. */
  readonly detail: readonly Setting[];
}

/** What tells namesakes apart of their own; their teachers only where nothing else does. */
function tellingPaths(namesakes: readonly Draft[]): string[] {
  const paths = differingPaths(namesakes.map(({ own }) => own));
  const others = paths.filter((path) => path !== "teacher");
  const texts = namesakes.map(({ own, cellKey }) =>
    canonical([cellKey, settingsText(settingsAt(own, others))]),
  );
  return new Set(texts).size === namesakes.length ? others : paths;
}

/** Equal labels side by side, by what tells them apart; the baseline first. */
function arrange(cell: readonly Draft[], isBaseline: (draft: Draft) => boolean): Detailed[] {
  const main = cell.find(isBaseline) ?? cell[0]!;
  const named = [...groupBy(cell, ({ methodLabel }) => methodLabel).values()];
  const detailed = named.flatMap((namesakes) => {
    const ownPaths = tellingPaths(namesakes);
    const cellPaths = differingPaths(namesakes.map((draft) => draft.cell));
    return namesakes
      .map((draft): Detailed => {
        const elsewhere = draft.cellKey !== main.cellKey;
        const fromMain = elsewhere ? differingPaths([main.cell, draft.cell]) : [];
        const paths = [...new Set([...cellPaths, ...fromMain])];
        const detail = [...settingsAt(draft.own, ownPaths), ...settingsAt(draft.cell, paths)];
        return { draft, detail };
      })
      .sort(
        (a, b) => a.draft.generation - b.draft.generation || compareSettings(a.detail, b.detail),
      );
  });
  const baselines = detailed
    .filter(({ draft }) => isBaseline(draft))
    .sort((a, b) => a.draft.generation - b.draft.generation);
  return [...baselines, ...detailed.filter(({ draft }) => !isBaseline(draft))];
}

export const withDetail = (label: string, parts: readonly string[]): string => {
  const detail = parts.filter(Boolean).join(", ");
  return detail ? `${label} (${detail})` : label;
};

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
