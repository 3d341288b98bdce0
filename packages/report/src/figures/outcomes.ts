// What the figures of the predictions draw from: the runs of a method taken together.
import {
  confidenceDiversity,
  type ReliabilityBin,
  reliabilityDiagram,
  trueClassProbabilities,
} from "@sd/metrics";
import type { MethodGroup } from "../groups.ts";
import { temperatureOf } from "../results.ts";

/** The predictions of a method, all its seeds together. */
export interface Outcome {
  readonly label: string;
  readonly rows: number;
  readonly plain: readonly ReliabilityBin[];
  /** After temperature scaling; absent without validation predictions. */
  readonly scaled?: readonly ReliabilityBin[];
  /** The probability of the true class of every test image. */
  readonly confidences: Float64Array;
  /** Its differential entropy and variance, means over seeds. */
  readonly diversity: number;
  readonly variance: number;
}

interface OutcomeOptions {
  readonly split: string;
  readonly bins: number;
}

/** Joins the bins of several runs. */
function pool(diagrams: readonly (readonly ReliabilityBin[])[]): ReliabilityBin[] {
  return diagrams[0]!.map(({ lower, upper }, b) => {
    const bins = diagrams.map((diagram) => diagram[b]!).filter(({ count }) => count > 0);
    const count = bins.reduce((sum, bin) => sum + bin.count, 0);
    const average = (key: "confidence" | "accuracy"): number =>
      bins.reduce((sum, bin) => sum + bin.count * bin[key], 0) / count;
    return {
      lower,
      upper,
      count,
      confidence: average("confidence"),
      accuracy: average("accuracy"),
    };
  });
}

const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

export async function outcomeOf(
  { label, records }: MethodGroup,
  { split, bins }: OutcomeOptions,
): Promise<Outcome> {
  const runs = await Promise.all(
    records.map(async (record) => {
      const { logits, labels, shape } = await record.predictions(split);
      const temperature = await temperatureOf(record);
      const { entropy, variance } = confidenceDiversity(logits, labels, shape);
      return {
        plain: reliabilityDiagram(logits, labels, shape, { bins }),
        scaled:
          temperature === undefined
            ? undefined
            : reliabilityDiagram(logits, labels, shape, { bins, temperature }),
        confidences: trueClassProbabilities(logits, labels, shape),
        entropy,
        variance,
      };
    }),
  );
  const scaled = runs.flatMap((run) => (run.scaled ? [run.scaled] : []));
  const confidences = Float64Array.from(runs.flatMap((run) => [...run.confidences]));
  return {
    label,
    rows: confidences.length,
    plain: pool(runs.map((run) => run.plain)),
    ...(scaled.length === runs.length ? { scaled: pool(scaled) } : {}),
    confidences,
    diversity: average(runs.map((run) => run.entropy)),
    variance: average(runs.map((run) => run.variance)),
  };
}
