import { holm, seedInterval } from "@sd/metrics";
import type { RunRecord } from "@sd/runs";
import { mapBounded } from "./bounded.ts";
import { type PairedDifference, pairedDifference, type RawDifference } from "./differences.ts";
import { evaluateRun, type Interval, type RunValues } from "./evaluate-run.ts";
import { type Cell, groupRuns, type LeftOut, type RunGroup } from "./groups.ts";
import { COMPARED, METRICS, type MetricDefinition, type MetricName } from "./metric-table.ts";
import { reasonOf } from "./read-records.ts";
import type { Setting } from "./settings.ts";

/** One number of the results. */
export interface ResultCell {
  /** The mean over seeds where there are several; NaN where the runs do not tell. */
  readonly value: number;
  /** 95 %, lower and upper end. */
  readonly interval?: Interval;
  /** Absent for the baseline, for metrics without a better side, and where nothing can be paired. */
  readonly difference?: PairedDifference;
  /** The interval of the difference from the baseline lies wholly on the better side of 0. */
  readonly separate: boolean;
}

/** The results of one method under one set of settings. */
export interface ResultRow {
  /** For people; unique among all rows. */
  readonly label: string;
  /** For people; unique among the rows of its cell. */
  readonly shortLabel: string;
  /** The method's own, which namesakes share. */
  readonly methodLabel: string;
  /** What tells it from its namesakes in the cell. */
  readonly details: readonly Setting[];
  readonly method: string;
  /** The method's, as the configuration has them. */
  readonly options: unknown;
  readonly generation: number;
  /** What tells its cell of the study's grid from the others; empty where there is only one. */
  readonly cell: readonly Setting[];
  /** What the other rows of its cell are compared with. */
  readonly baseline: boolean;
  readonly seeds: readonly number[];
  readonly folders: readonly string[];
  /** What the intervals cover: the sampling of test images, or training seeds. */
  readonly intervals: "bootstrap" | "seeds";
  /** Fitted on validation data, one a run; empty without validation predictions. */
  readonly temperatures: readonly number[];
  readonly images: number;
  readonly classes: number;
  readonly metrics: Readonly<Record<MetricName, ResultCell>>;
}

/** Options of {@link resultsTable}. */
export interface ResultsOptions {
  /** @defaultValue "test" */
  readonly split?: string;
  /** The method's name that others are compared with. @defaultValue cross-entropy, else the first */
  readonly baseline?: string;
  /** Bins of the calibration errors. @defaultValue 15 */
  readonly bins?: number;
  /** Bootstrap resamples of a single seed. @defaultValue 2000 */
  readonly resamples?: number;
  /** Seed of the resamples. @defaultValue 0 */
  readonly seed?: number;
  /**
   * Told of each finished run that is no part of the rows, such as one whose predictions are damaged.
   * @defaultValue damaged predictions are an error
   */
  readonly onLeftOut?: (leftOut: LeftOut) => void;
}

/** How many runs are judged at once: their predictions are in memory together. */
const JUDGED_AT_ONCE = 16;

/** Draws of a calibration floor; the runs of a group share them. */
const FLOOR_DRAWS = 1000;
const FEWEST_FLOOR_DRAWS = 100;

/** With more groups than this a floor is drawn for the first seed alone: seeds differ little in it. */
const MANY_GROUPS = 100;

/** The runs of a group that can be judged, with their numbers. */
async function judge(
  group: RunGroup,
  options: ResultsOptions,
  isMany: boolean,
): Promise<{ readonly record: RunRecord; readonly values: RunValues }[]> {
  const { split = "test", bins = 15, resamples = 2000, seed = 0, onLeftOut } = options;
  const judged = async (records: readonly RunRecord[]) => {
    const several = records.length > 1;
    const shared = Math.max(FEWEST_FLOOR_DRAWS, Math.ceil(FLOOR_DRAWS / records.length));
    const drawn = new Set(isMany ? records.slice(0, 1) : records);
    const all = await mapBounded(records, JUDGED_AT_ONCE, async (record) => {
      const floorDraws = drawn.has(record) ? shared : 0;
      const how = { split, bins, seed, floorDraws, resamples: several ? 0 : resamples };
      try {
        return [{ record, values: await evaluateRun(record, how) }];
      } catch (error) {
        if (onLeftOut === undefined) throw error;
        onLeftOut({ folder: record.folder, reason: reasonOf(error, record.folder) });
        return [];
      }
    });
    return all.flat();
  };
  const runs = await judged(group.records);
  // Of several seeds one is left: its intervals are those over images.
  if (group.records.length > 1 && runs.length === 1) return judged([runs[0]!.record]);
  return runs;
}

const isFloor = (name: MetricName): boolean => name === "eceFloor" || name === "eceFloorScaled";

/** Value and interval of one metric: the bootstrap's for one run, over seeds for several. */
function cellOf(runs: readonly RunValues[], name: MetricName): Omit<ResultCell, "separate"> {
  const all = runs.map((run) => run.values[name]);
  const drawn = all.filter((value) => !Number.isNaN(value));
  const values = isFloor(name) && drawn.length > 0 ? drawn : all;
  if (runs.length > 1) {
    const { mean, interval } = seedInterval(values);
    return { value: mean, interval };
  }
  const interval = runs[0]!.resampled?.intervals[name];
  return { value: values[0]!, ...(interval ? { interval } : {}) };
}

function isSeparate({ better }: MetricDefinition, { interval }: RawDifference): boolean {
  return better === "higher" ? interval[0] > 0 : interval[1] < 0;
}

interface Judged {
  readonly group: RunGroup;
  readonly records: readonly RunRecord[];
  readonly runs: readonly RunValues[];
}

/** The differences of all groups of a cell in one metric, corrected together. */
function differencesOf(
  groups: readonly Judged[],
  baseline: Judged | undefined,
  { name }: MetricDefinition,
): (PairedDifference | undefined)[] {
  const raw = groups.map((judged) =>
    baseline && judged !== baseline
      ? pairedDifference(judged.runs, baseline.runs, name)
      : undefined,
  );
  const adjusted = holm(raw.map((difference) => difference?.pValue ?? Number.NaN));
  return raw.map((difference, i) => difference && { ...difference, adjustedPValue: adjusted[i]! });
}

function rowsOfCell({ settings }: Cell, groups: readonly Judged[]): ResultRow[] {
  const baseline = groups.find(({ group }) => group.baseline);
  const differences = new Map(
    COMPARED.map((metric) => [metric.name, differencesOf(groups, baseline, metric)]),
  );
  return groups.map(({ group, records, runs }, g) => {
    const cells = METRICS.map((metric): [MetricName, ResultCell] => {
      const difference = differences.get(metric.name)?.[g];
      const cell = cellOf(runs, metric.name);
      if (difference === undefined) return [metric.name, { ...cell, separate: false }];
      return [metric.name, { ...cell, difference, separate: isSeparate(metric, difference) }];
    });
    const { label, shortLabel, methodLabel, details, method, options, generation } = group;
    return {
      ...{ label, shortLabel, methodLabel, details, method, options, generation },
      cell: settings,
      baseline: group.baseline,
      seeds: runs.map(({ seed }) => seed),
      folders: records.map(({ folder }) => folder),
      intervals: runs.length > 1 ? "seeds" : "bootstrap",
      temperatures: runs.flatMap(({ temperature }) => temperature ?? []),
      images: runs[0]!.images,
      classes: runs[0]!.classes,
      metrics: Object.fromEntries(cells) as ResultRow["metrics"],
    };
  });
}

/**
 * The results of finished runs, one row a method, the baseline first; where a study has a grid, one cell of it after the other.
 *
 * Runs that differ in nothing but what their seed determines form one row. One seed: bootstrap intervals over test images.
 * Several: Student's intervals over seeds. Never one for the other. Each row is compared with the baseline of its own cell.
 *
 * @param records - Run records; those that are not `done` are left out.
 * @param options - `split`, `baseline`, `bins`, `resamples`, `seed`, `onLeftOut`.
 * @returns Rows that depend on the files and options alone; none without a finished run.
 * @throws {@link ReportError} `NO_BASELINE` if no finished run has the method that is named.
 */
export async function resultsTable(
  records: readonly RunRecord[],
  options: ResultsOptions = {},
): Promise<ResultRow[]> {
  const { cells, leftOut } = groupRuns(records, options.baseline);
  for (const left of leftOut) options.onLeftOut?.(left);
  const rows: ResultRow[] = [];
  const isMany = cells.reduce((sum, { groups }) => sum + groups.length, 0) > MANY_GROUPS;
  for (const cell of cells) {
    // One cell after the other: what its bootstrap needs is let go before the next.
    const groups: Judged[] = [];
    for (const group of cell.groups) {
      const judged = await judge(group, options, isMany);
      if (judged.length === 0) continue;
      groups.push({
        group,
        records: judged.map(({ record }) => record),
        runs: judged.map(({ values }) => values),
      });
    }
    rows.push(...rowsOfCell(cell, groups));
  }
  return rows;
}
