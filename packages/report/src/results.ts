import {
  type ClassifierEvaluation,
  calibrationNullFloor,
  type Estimate,
  evaluateClassifier,
  fitTemperature,
  mcNemarTest,
  pairedSeedInterval,
  seedInterval,
} from "@sd/metrics";
import type { Predictions, RunRecord } from "@sd/runs";
import { groupRuns, type MethodGroup, seedOf } from "./groups.ts";
import { METRICS, type MetricDefinition, type MetricName } from "./metric-table.ts";

/** One number of the results. */
export interface ResultCell {
  /** The mean over seeds where there are several; NaN where the runs do not tell. */
  readonly value: number;
  /** 95 %, lower and upper end. */
  readonly interval?: readonly [number, number];
  /** The interval lies wholly on the better side of the baseline's. */
  readonly separate: boolean;
}

/** How a method's accuracy compares with the baseline's on the same test images. */
export interface AccuracyComparison {
  /** Method minus baseline. */
  readonly difference: number;
  /** McNemar's exact test with one seed, Student's interval of the paired differences with several. */
  readonly test: "mcnemar" | "paired seeds";
  readonly pValue?: number;
  readonly interval?: readonly [number, number];
}

/** The results of one method. */
export interface ResultRow {
  readonly label: string;
  readonly method: string;
  readonly baseline: boolean;
  readonly seeds: readonly number[];
  readonly folders: readonly string[];
  /** What the intervals cover: the sampling of test images, or training seeds. */
  readonly intervals: "bootstrap" | "seeds";
  /** Fitted on validation data, one a run; empty without validation predictions. */
  readonly temperatures: readonly number[];
  readonly metrics: Readonly<Record<MetricName, ResultCell>>;
  /** Absent for the baseline, and where test images or seeds differ. */
  readonly comparison?: AccuracyComparison;
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
}

const PLAIN = ["imagesPerSecond", "eceFloor", "eceFloorScaled"] as const;
type PlainMetric = (typeof PLAIN)[number];
const isPlain = (name: MetricName): name is PlainMetric =>
  (PLAIN as readonly MetricName[]).includes(name);

/** One run, evaluated. */
interface Evaluated {
  readonly record: RunRecord;
  readonly predictions: Predictions;
  readonly temperature: number | undefined;
  readonly evaluation: ClassifierEvaluation;
  /** What the bootstrap has no part in. */
  readonly plain: Readonly<Record<PlainMetric, number>>;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2;
};

/** The median over epochs; the first one compiles and warms up. */
function speedOf({ metrics, manifest }: RunRecord): number {
  const speeds = metrics
    .map((row) => Number(row.imagesPerSecond ?? Number.NaN))
    .filter(Number.isFinite);
  if (speeds.length === 0) return Number(manifest.imagesPerSecond ?? Number.NaN);
  return median(speeds.length > 1 ? speeds.slice(1) : speeds);
}

/** The temperature that a run's validation predictions ask for; undefined without any. */
export async function temperatureOf(record: RunRecord): Promise<number | undefined> {
  if (!(await record.splits()).includes("validation")) return undefined;
  const { logits, labels, shape } = await record.predictions("validation");
  return fitTemperature(logits, labels, shape).temperature;
}

async function evaluate(
  record: RunRecord,
  intervals: boolean,
  options: ResultsOptions,
): Promise<Evaluated> {
  const { split = "test", bins = 15, resamples = 2000, seed = 0 } = options;
  const predictions = await record.predictions(split);
  const temperature = await temperatureOf(record);
  const { logits, labels, shape } = predictions;
  const evaluation = evaluateClassifier(logits, labels, shape, {
    bins,
    ...(temperature === undefined ? {} : { temperature }),
    ...(intervals ? { bootstrap: { resamples, seed } } : {}),
  });
  const floor = (scale: { temperature?: number }): number =>
    calibrationNullFloor(logits, labels, shape, { bins, seed, ...scale }).upper;
  const plain = {
    imagesPerSecond: speedOf(record),
    eceFloor: floor({}),
    eceFloorScaled: temperature === undefined ? Number.NaN : floor({ temperature }),
  };
  return { record, predictions, temperature, evaluation, plain };
}

/** Value and interval of one metric: the bootstrap's for one run, over seeds for several. */
function cellOf(runs: readonly Evaluated[], name: MetricName): Omit<ResultCell, "separate"> {
  const estimates = runs.map(({ evaluation, plain }): Partial<Estimate> => {
    if (isPlain(name)) return { value: plain[name] };
    return evaluation[name] ?? {};
  });
  const values = estimates.map(({ value }) => value ?? Number.NaN);
  if (runs.length > 1) {
    const { mean, interval } = seedInterval(values);
    return { value: mean, interval };
  }
  const interval = estimates[0]!.interval;
  return { value: values[0]!, ...(interval ? { interval } : {}) };
}

type Cells = Record<MetricName, Omit<ResultCell, "separate">>;

function isSeparate({ name, better }: MetricDefinition, cells: Cells, baseline: Cells): boolean {
  const [own, other] = [cells[name].interval, baseline[name].interval];
  if (!own || !other || better === null) return false;
  return better === "higher" ? own[0] > other[1] : own[1] < other[0];
}

const correctOf = ({ logits, labels, shape: [n, k] }: Predictions): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => {
    const row = logits.subarray(i * k, (i + 1) * k);
    return row.indexOf(Math.max(...row)) === labels[i] ? 1 : 0;
  });

function compare(
  runs: readonly Evaluated[],
  baseline: readonly Evaluated[],
): AccuracyComparison | undefined {
  const seeds = (group: readonly Evaluated[]): string =>
    group.map(({ record }) => seedOf(record)).join();
  const sameLabels = runs.every(({ predictions }) => {
    const { labels } = baseline[0]!.predictions;
    return (
      labels.length === predictions.labels.length &&
      labels.every((y, i) => y === predictions.labels[i])
    );
  });
  if (!sameLabels || seeds(runs) !== seeds(baseline)) return undefined;
  const accuracies = (group: readonly Evaluated[]): number[] =>
    group.map(({ evaluation }) => evaluation.accuracy.value);
  const [own, other] = [accuracies(runs), accuracies(baseline)];
  if (runs.length > 1) {
    const { mean, interval } = pairedSeedInterval(own, other);
    return { difference: mean, test: "paired seeds", interval };
  }
  const { pValue } = mcNemarTest(
    correctOf(runs[0]!.predictions),
    correctOf(baseline[0]!.predictions),
  );
  return { difference: own[0]! - other[0]!, test: "mcnemar", pValue };
}

function rowOf(
  group: MethodGroup,
  runs: readonly Evaluated[],
  baseline: readonly Evaluated[],
): ResultRow {
  const cellsOf = (evaluated: readonly Evaluated[]): Cells =>
    Object.fromEntries(METRICS.map(({ name }) => [name, cellOf(evaluated, name)])) as Cells;
  const [cells, baselineCells] = [cellsOf(runs), cellsOf(baseline)];
  const isBaseline = runs === baseline;
  const metrics = METRICS.map((metric) => [
    metric.name,
    { ...cells[metric.name], separate: !isBaseline && isSeparate(metric, cells, baselineCells) },
  ]);
  const comparison = isBaseline ? undefined : compare(runs, baseline);
  return {
    label: group.label,
    method: group.name,
    baseline: isBaseline,
    seeds: group.records.map(seedOf),
    folders: group.records.map(({ folder }) => folder),
    intervals: runs.length > 1 ? "seeds" : "bootstrap",
    temperatures: runs.flatMap(({ temperature }) => temperature ?? []),
    metrics: Object.fromEntries(metrics) as ResultRow["metrics"],
    ...(comparison ? { comparison } : {}),
  };
}

/**
 * The results of finished runs, one row a method, the baseline first.
 *
 * Runs that differ in their seed only form one row. One seed: bootstrap intervals over test images.
 * Several: Student's intervals over seeds. Never one for the other.
 *
 * @param records - Run records; those that are not `done` are left out.
 * @param options - `split`, `baseline`, `bins`, `resamples`, `seed`.
 * @returns Rows that depend on the files and options alone; none without a finished run.
 */
export async function resultsTable(
  records: readonly RunRecord[],
  options: ResultsOptions = {},
): Promise<ResultRow[]> {
  const groups = groupRuns(records, options.baseline);
  const evaluated: Evaluated[][] = [];
  for (const { records: runs } of groups) {
    evaluated.push(
      await Promise.all(runs.map((record) => evaluate(record, runs.length === 1, options))),
    );
  }
  return groups.map((group, g) => rowOf(group, evaluated[g]!, evaluated[0]!));
}
