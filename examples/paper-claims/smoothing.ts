// Experiment 3: smoothing with and without a teacher, on clean and on noisy labels.
import { mean } from "@sd/math";
import { quantiles } from "@sd/metrics";
import { type Among, judge, type Outcome, type Prediction, pairs } from "./comparison.ts";
import type { Blocks } from "./document.ts";
import type { Findings, Study } from "./experiment.ts";
import { number, table } from "./markdown.ts";
import { accuracy, type Measure, scaledNll, valueIn } from "./measures.ts";
import { exploredTable, outcomesTable } from "./outcome-tables.ts";
import type { Run } from "./runs.ts";
import { valuesTable } from "./values.ts";
import { type Votes, votesCrossEntropy } from "./votes.ts";

/** The runs of each method that is compared, at one noise. */
interface Methods {
  readonly crossEntropy: readonly Run[];
  readonly labelSmoothing: readonly Run[];
  readonly ranked: readonly Run[];
  readonly shuffled: readonly Run[];
  readonly selfDistillation: readonly Run[];
}

function methodsOf(runs: readonly Run[]): Methods {
  const of = (method: string, options: Readonly<Record<string, unknown>> = {}): Run[] =>
    runs.filter(
      (run) =>
        run.method === method &&
        Object.entries(options).every(([name, value]) => run.options[name] === value),
    );
  return {
    crossEntropy: of("cross-entropy"),
    labelSmoothing: of("label-smoothing"),
    ranked: of("beta-smoothing", { assignment: "ranked" }),
    shuffled: of("beta-smoothing", { assignment: "shuffled" }),
    selfDistillation: of("self-distillation"),
  };
}

const noiseWords = (noise: number): string => (noise === 0 ? "clean" : `${100 * noise} % noise`);

function predictionsAt(noise: number, methods: Methods): Prediction[] {
  const { crossEntropy, labelSmoothing, ranked, shuffled, selfDistillation } = methods;
  const of = (
    claim: string,
    words: string,
    own: readonly Run[],
    other: readonly Run[],
    measure: Measure = accuracy,
  ): Prediction => ({
    ...{ claim, words: `${words}, ${noiseWords(noise)}`, own, other, measure },
    expected: measure === accuracy ? "higher" : "lower",
  });
  return [
    of("3a", "self-distillation − cross-entropy", selfDistillation, crossEntropy),
    of("3b", "self-distillation − label smoothing", selfDistillation, labelSmoothing),
    of("3d", "beta smoothing, ranked − shuffled", ranked, shuffled),
    of("3e", "self-distillation − cross-entropy", selfDistillation, crossEntropy, scaledNll),
  ];
}

/** Every way to draw as many as there are, one after the other, each put back. */
function* draws(n: number): Generator<number[]> {
  for (let code = 0; code < n ** n; code++) {
    yield Array.from({ length: n }, (_, place) => Math.floor(code / n ** place) % n);
  }
}

/** A share of gains, its interval, and of how many seeds. */
interface ShareOfGain {
  readonly share: number;
  readonly interval: readonly [number, number];
  readonly seeds: number;
}

/** The share of self-distillation's gain that beta smoothing gets, and its interval over the seeds that all three have. */
export function shareOfGain(
  { crossEntropy, ranked, selfDistillation }: Methods,
  among: Among = "admitted",
): ShareOfGain {
  const value = (run: Run): number => valueIn(accuracy, run);
  const gains = pairs(selfDistillation, crossEntropy, among).flatMap(([taught, plain]) => {
    const [found] = pairs(ranked, [plain], among);
    return found
      ? [{ taught: value(taught) - value(plain), smoothed: value(found[0]) - value(plain) }]
      : [];
  });
  const shareIn = (chosen: readonly number[]): number =>
    mean(chosen.map((i) => gains[i]!.smoothed)) / mean(chosen.map((i) => gains[i]!.taught));
  const all = [...gains.keys()];
  if (all.length < 2)
    return { share: Number.NaN, interval: [Number.NaN, Number.NaN], seeds: all.length };
  const drawn = [...draws(all.length)].map(shareIn);
  return { share: shareIn(all), interval: quantiles(drawn, [0.025, 0.975]), seeds: all.length };
}

function shareLine(noise: number, methods: Methods, outcomes: readonly Outcome[]): string {
  const helped = outcomes.find(
    ({ claim, words }) => claim === "3a" && words.endsWith(noiseWords(noise)),
  );
  const [admitted, all] = [shareOfGain(methods), shareOfGain(methods, "all")];
  const value = ({ share, interval, seeds }: ShareOfGain): string => {
    if (Number.isNaN(share)) return `${seeds} ${seeds === 1 ? "seed" : "seeds"}, not compared`;
    return `${number(share, 2)} (95 % over ${seeds} seeds: ${number(interval[0], 2)} … ${number(interval[1], 2)})`;
  };
  const more = all.seeds === admitted.seeds ? "" : `; ${value(all)} of all runs`;
  const counts =
    helped?.verdict === "shown"
      ? ""
      : " It is no answer: that self-distillation gains anything is not shown.";
  return `- 3c, ${noiseWords(noise)}, beta smoothing's gain ÷ self-distillation's: ${value(admitted)} by the protocol${more}.${counts}`;
}

/** Each method's cross-entropy against the votes of people, of networks that were trained on clean labels. */
function votesTable({ rows, runs }: Study, votes: Votes): string {
  const byFolder = new Map(runs.map((run) => [run.record.folder, run]));
  const lines = rows.flatMap(({ shortLabel, folders }) => {
    const own = folders.map((folder) => byFolder.get(folder)!);
    if (own.some(({ noise }) => noise > 0)) return [];
    const values = own.map((run) => votesCrossEntropy(run, votes));
    const column = (name: "plain" | "scaled"): string =>
      number(mean(values.map((one) => one[name])), 3);
    return [[shortLabel, column("plain"), column("scaled")]];
  });
  return table(["", "cross-entropy with people's votes", "after temperature scaling"], lines);
}

export function smoothing(study: Study, votes: Votes | undefined): Findings {
  const noises = [...new Set(study.runs.map(({ noise }) => noise))].sort((a, b) => a - b);
  const at = (wanted: number): Methods =>
    methodsOf(study.runs.filter(({ noise }) => noise === wanted));
  const predictions = noises.flatMap((noise) => predictionsAt(noise, at(noise)));
  const [outcomes, explored] = [judge(predictions), judge(predictions, "all")];
  const noiseOf = new Map(study.runs.map((run) => [run.record.folder, run.noise]));
  const values = noises.map((noise): [string, string] => {
    const rows = study.rows.filter(({ folders }) => noiseOf.get(folders[0]!) === noise);
    return [`smoothing-values-${noise === 0 ? "clean" : "noisy"}`, valuesTable(rows)];
  });
  const blocks: Blocks = {
    ...Object.fromEntries(values),
    "smoothing-tests": outcomesTable(outcomes),
    "smoothing-tests-all": exploredTable(outcomes, explored),
    "smoothing-share": noises.map((noise) => shareLine(noise, at(noise), outcomes)).join("\n"),
    ...(votes ? { "smoothing-votes": votesTable(study, votes) } : {}),
  };
  return { outcomes, explored, blocks };
}
