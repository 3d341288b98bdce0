import { lookUp, TrainerError } from "./errors.ts";

/** The factor of the learning rate at each optimiser step. */
export interface ScheduleOptions {
  readonly name: "constant" | "cosine" | "step";
  /** For `step`: the epochs from which the rate is multiplied by `factor` once more. */
  readonly milestones?: readonly number[];
  /** For `step`. @defaultValue 0.1 */
  readonly factor?: number;
}

/** Where training stands: optimiser steps and epochs done, counted from 0, fractional within an epoch. */
interface Progress {
  readonly epoch: number;
  readonly epochs: number;
}

const SCHEDULES: Record<ScheduleOptions["name"], (at: Progress, o: ScheduleOptions) => number> = {
  constant: () => 1,
  cosine: ({ epoch, epochs }) => (1 + Math.cos((Math.PI * epoch) / epochs)) / 2,
  step({ epoch }, { milestones = [], factor = 0.1 }) {
    return factor ** milestones.filter((milestone) => epoch >= milestone).length;
  },
};

/**
 * The factor on the base learning rate at `epoch` (fractional: 0 at the first step, approaching `epochs` at the last).
 *
 * `constant` 1; `cosine` ½ (1 + cos(π epoch / epochs)) (arXiv 1608.03983, one period); `step` factor^(milestones reached).
 *
 * @throws TrainerError `UNKNOWN_NAME`, `BAD_OPTION` unless 0 ≤ epoch ≤ epochs.
 */
export function scheduleFactor(options: ScheduleOptions, epoch: number, epochs: number): number {
  const schedule = lookUp(SCHEDULES, "schedule", options.name);
  if (!(epoch >= 0 && epoch <= epochs)) {
    throw new TrainerError("BAD_OPTION", `expected an epoch in [0, ${epochs}], got ${epoch}`);
  }
  return schedule({ epoch, epochs }, options);
}
