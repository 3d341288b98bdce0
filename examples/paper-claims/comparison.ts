// Two methods of a study against each other, seed by seed.
import { holm, pairedBootstrap, pairedSeedInterval, weightedMean } from "@sd/metrics";
import { type Measure, valueIn } from "./measures.ts";
import { isUndertrained, type Run } from "./runs.ts";

/** A prediction: in a measure, one group of runs lies above or below another. */
export interface Prediction {
  /** Its claim in the protocol. */
  readonly claim: string;
  readonly words: string;
  readonly measure: Measure;
  readonly expected: "higher" | "lower";
  readonly own: readonly Run[];
  readonly other: readonly Run[];
}

/**
 * Which runs are compared: those that the protocol admits, or all, the undertrained among them, which answers nothing that was asked
 * before but can be looked at.
 */
export type Among = "admitted" | "all";

/** What became of a prediction. */
export interface Outcome extends Prediction {
  /** Seeds that both have. */
  readonly seeds: readonly number[];
  readonly difference: number;
  /** Student's, over seeds. */
  readonly interval: readonly [number, number];
  /** Of the mean over these networks, over test images alone. */
  readonly overImages: readonly [number, number];
  readonly pValue: number;
  readonly adjusted: number;
  readonly verdict: "shown" | "not shown" | "shown the other way" | "not compared" | "explored";
}

/** The mean of several arrays of one length, element by element. */
const average = (arrays: readonly Float64Array[]): Float64Array =>
  arrays[0]!.map((_, i) => arrays.reduce((sum, array) => sum + array[i]!, 0) / arrays.length);

/** Runs of the same seed; the first of a seed counts. */
export function pairs(
  own: readonly Run[],
  other: readonly Run[],
  among: Among,
): (readonly [Run, Run])[] {
  const isIn = (run: Run): boolean => among === "all" || !isUndertrained(run);
  return own.flatMap((run) => {
    const partner = other.find(({ seed }) => seed === run.seed);
    return partner && isIn(run) && isIn(partner) ? [[run, partner]] : [];
  });
}

function verdictOf(
  { expected }: Prediction,
  difference: number,
  adjusted: number,
): Outcome["verdict"] {
  if (Number.isNaN(adjusted)) return "not compared";
  if (adjusted >= 0.05) return "not shown";
  return difference > 0 === (expected === "higher") ? "shown" : "shown the other way";
}

const NOTHING: readonly [number, number] = [Number.NaN, Number.NaN];

/** Judges the predictions of one experiment together. */
export function judge(predictions: readonly Prediction[], among: Among = "admitted"): Outcome[] {
  const judged = predictions.map((prediction) => {
    const { measure, own, other } = prediction;
    const paired = pairs(own, other, among);
    const seeds = paired.map(([{ seed }]) => seed);
    if (paired.length < 2) {
      return {
        ...prediction,
        seeds,
        difference: Number.NaN,
        interval: NOTHING,
        overImages: NOTHING,
        pValue: Number.NaN,
      };
    }
    const [a, b] = [0, 1].map((side) => paired.map((pair) => pair[side]!));
    const { mean, interval, pValue } = pairedSeedInterval(
      a!.map((run) => valueIn(measure, run)),
      b!.map((run) => valueIn(measure, run)),
    );
    const [rows, others] = [a!, b!].map((runs) => average(runs.map(measure.rows)));
    const overImages = pairedBootstrap(weightedMean(rows!), weightedMean(others!), rows!.length, {
      seed: 0,
    }).interval;
    return { ...prediction, seeds, difference: mean, interval, overImages, pValue };
  });
  const adjusted = holm(judged.map(({ pValue }) => pValue));
  return judged.map((one, i) => ({
    ...one,
    adjusted: adjusted[i]!,
    verdict: among === "all" ? "explored" : verdictOf(one, one.difference, adjusted[i]!),
  }));
}
