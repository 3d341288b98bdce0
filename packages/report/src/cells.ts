// Which groups are compared with each other, and in what order they stand.
import type { Draft } from "./drafts.ts";
import { groupBy } from "./group-by.ts";
import { canonical, differingPaths, type Setting, settingsAt, settingsText } from "./settings.ts";

/** Among how many cells the nearest one is looked for. */
const MOST_NEIGHBOURS = 50;

/**
 * The drafts by cell. Where methods never meet in a cell, all are one. A cell without a baseline goes
 * to the one cell with a baseline that differs in fewer settings than any other; failing that it stays alone.
 */
export function cellsOf(
  drafts: readonly Draft[],
  isBaseline: (draft: Draft) => boolean,
): Draft[][] {
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
export function compareSettings(a: readonly Setting[], b: readonly Setting[]): number {
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

/** A group with what its label says. */
export interface Detailed {
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
export function arrange(cell: readonly Draft[], isBaseline: (draft: Draft) => boolean): Detailed[] {
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
