// From a study's description to its runs: methods × grid × seeds, and generations as dependencies.
import { StudyError } from "./error.ts";
import { runName } from "./run-name.ts";
import { type Settings, withSettings } from "./setting.ts";

/** One thing that is compared. */
export interface Variant {
  /** What its runs are called. */
  readonly label: string;
  /** Its settings, by dotted path, in place of the study's. */
  readonly settings: Settings;
  /** How many students follow the first run, each taught by the one before. @defaultValue 0 */
  readonly generations?: number;
  /** With generations: how the first, which has no teacher, is trained instead. */
  readonly baseline?: Pick<Variant, "label" | "settings">;
}

/** What a study is. */
export interface StudySpec {
  readonly name: string;
  /** The settings that all runs share. */
  readonly settings: Settings;
  readonly variants: readonly Variant[];
  /** The values that each setting takes in turn, by dotted path. @defaultValue nothing varies */
  readonly grid?: Readonly<Record<string, readonly unknown[]>>;
  readonly seeds: readonly number[];
}

/** One run of a study. */
export interface PlannedRun {
  /** Its name, which is its folder's within the study. */
  readonly name: string;
  readonly label: string;
  readonly seed: number;
  readonly generation: number;
  /** Everything that the run depends on; `teacher` is the name of the run that teaches it. */
  readonly settings: Settings;
  /** The names of the runs that must be done first. */
  readonly after: readonly string[];
}

/** The runs of a study, each after those that it depends on. */
export interface StudyPlan {
  readonly name: string;
  readonly runs: readonly PlannedRun[];
}

/** How {@link planStudy} makes a configuration whole. */
export interface PlanOptions {
  /**
   * Checks a run's settings and fills in what was left out, so that a run's name does not depend on whether a default was
   * written down.
   *
   * @defaultValue takes them as they are
   */
  readonly resolve?: (settings: Settings) => Settings;
}

/** More runs than anyone can make are a slip of the pen. */
const MOST_RUNS = 100_000;

/** Fails where a study would have too many runs to be written down. */
function checkSize({ name, variants, grid = {}, seeds }: StudySpec): void {
  const cells = Object.values(grid).reduce((product, values) => product * values.length, 1);
  const chains = variants.reduce((sum, { generations = 0 }) => sum + generations + 1, 0);
  const runs = cells * chains * seeds.length;
  if (runs <= MOST_RUNS) return;
  throw new StudyError(
    "ERR_BAD_SPEC",
    `the study ${name} would have up to ${runs} runs: expected at most ${MOST_RUNS}`,
  );
}

/** Every combination of the grid's values, the last setting changing fastest. */
function gridCells(grid: Readonly<Record<string, readonly unknown[]>>): Settings[] {
  return Object.entries(grid).reduce<Settings[]>(
    (cells, [path, values]) => {
      if (values.length === 0) {
        throw new StudyError("ERR_BAD_SPEC", `the grid's \`${path}\` has no value`);
      }
      return cells.flatMap((cell) => values.map((value) => ({ ...cell, [path]: value })));
    },
    [{}],
  );
}

interface Cell {
  /** The shared settings, with the grid's. */
  readonly settings: Settings;
  readonly seed: number;
  readonly resolve: (settings: Settings) => Settings;
}

/** A variant's run of one generation. */
function planRun(
  cell: Cell,
  { label, settings }: Pick<Variant, "label" | "settings">,
  generation: number,
  teacher?: string,
): PlannedRun {
  const { seed } = cell;
  const own = withSettings(cell.settings, settings);
  const whole = { ...cell.resolve({ ...own, seed }), generation };
  const all = teacher === undefined ? whole : { ...whole, teacher };
  return {
    name: runName({ label, seed, generation, settings: all }),
    label,
    seed,
    generation,
    settings: all,
    after: teacher === undefined ? [] : [teacher],
  };
}

/** A variant's runs in one cell of the grid: one, or a chain of generations. */
function planChain(cell: Cell, variant: Variant): PlannedRun[] {
  const { generations = 0, baseline } = variant;
  if (!Number.isSafeInteger(generations) || generations < 0) {
    throw new StudyError(
      "ERR_BAD_SPEC",
      `\`generations\` of ${variant.label}: expected a non-negative integer, got ${generations}`,
    );
  }
  if (generations === 0) return [planRun(cell, variant, 0)];
  const chain = [planRun(cell, baseline ?? variant, 0)];
  for (let generation = 1; generation <= generations; generation++) {
    chain.push(planRun(cell, variant, generation, chain.at(-1)!.name));
  }
  return chain;
}

/**
 * The runs of a study.
 *
 * Seeds are paired: every variant is run with each of them in each cell of the grid. A run that several variants need, such as the
 * first generation of a distillation that is also the baseline, is planned once.
 *
 * @returns Runs in the order in which they can be made: seeds first, so that an unfinished study compares what it can.
 * @throws {@link StudyError} `ERR_BAD_SPEC`; and whatever `resolve` throws.
 */
export function planStudy(spec: StudySpec, { resolve = (s) => s }: PlanOptions = {}): StudyPlan {
  const { name, settings, variants, grid = {}, seeds } = spec;
  for (const [what, values] of Object.entries({ variants, seeds })) {
    if (values.length === 0)
      throw new StudyError("ERR_BAD_SPEC", `the study ${name} has no ${what}`);
  }
  checkSize(spec);
  const cells = gridCells(grid);
  const runs = new Map<string, PlannedRun>();
  for (const seed of seeds) {
    for (const cell of cells) {
      const shared = { settings: withSettings(settings, cell), seed, resolve };
      for (const variant of variants) {
        for (const run of planChain(shared, variant)) {
          if (!runs.has(run.name)) runs.set(run.name, run);
        }
      }
    }
  }
  return { name, runs: [...runs.values()] };
}
