// What students are told: a teacher's predictions on the training images, softened.
import { mean } from "@sd/math";
import { confidenceDiversity, predictiveUncertainty } from "@sd/metrics";
import { number } from "./markdown.ts";
import type { Run } from "./runs.ts";

/** How soft and how diverse the targets of a teacher are. */
export interface Targets {
  /** Mean entropy, in nats. */
  readonly uncertainty: number;
  /** Differential entropy of the share of the label, in nats. */
  readonly diversity: number;
  /** Variance of that share. */
  readonly variance: number;
}

/** The targets softmax(t/T) of a teacher on the training images as they are; undefined where they were not kept. */
export async function targetsOf(
  { record }: Run,
  temperature: number,
): Promise<Targets | undefined> {
  if (!(await record.splits()).includes("train")) return undefined;
  const { logits, labels, shape } = await record.predictions("train");
  const { entropy, variance } = confidenceDiversity(logits, labels, shape, { temperature });
  return {
    uncertainty: predictiveUncertainty(logits, labels, shape, { temperature }),
    diversity: entropy,
    variance,
  };
}

/** The titles of {@link targetCells}. */
export const TARGET_TITLES: readonly string[] = ["uncertainty", "diversity", "variance"];

/** The means over some teachers, as cells of a table. */
export const targetCells = (targets: readonly Targets[]): string[] => [
  number(mean(targets.map(({ uncertainty }) => uncertainty)), 3),
  number(mean(targets.map(({ diversity }) => diversity)), 3),
  number(mean(targets.map(({ variance }) => variance)), 4),
];
