import {
  betaSmoothingTargets,
  type EmaMode,
  emaDecay,
  trueClassConfidences,
} from "@sd/beta-smoothing";
import { checkChoice } from "@sd/math";
import { TrainerError } from "../errors.ts";
import { labelsOf } from "./labels.ts";
import type { Method } from "./method.ts";

/** How much smoothing, and how it is given out. */
export interface BetaSmoothingOptions {
  /** The draws are from Beta(a, 1): the larger, the less smoothing. @defaultValue 3 */
  readonly a?: number;
  /** The mass of the prior. @defaultValue 1.5 */
  readonly beta?: number;
  /** The cap of the moving average's decay. @defaultValue 0.999 */
  readonly decay?: number;
  /** `ranked` is the method; `shuffled` and `reversed` are controls that tell whether the ranking matters. @defaultValue "ranked" */
  readonly assignment?: "ranked" | "shuffled" | "reversed";
  /**
   * `corrected`: the moving average starts as a copy of the student, averages its buffers too, and runs in evaluation mode.
   * `paper`, as the authors' code has it: it starts from an initialisation of its own, leaves buffers out, and runs in training
   * mode on statistics of its own. @defaultValue "corrected"
   */
  readonly ema?: EmaMode;
}

/**
 * Beta smoothing: each example's amount of smoothing is a draw of Beta(a, 1), and the least confident example of the batch, by a
 * moving average of the weights, gets the most (arXiv 2006.05065, section 5).
 */
export function betaSmoothing({
  a = 3,
  beta = 1.5,
  decay = 0.999,
  assignment = "ranked",
  ema: emaMode = "corrected",
}: BetaSmoothingOptions = {}): Method {
  checkChoice("betaSmoothing", "ema", emaMode, ["corrected", "paper"]);
  return {
    name: "beta-smoothing",
    label: "beta smoothing",
    options: { a, beta, decay, assignment, ema: emaMode },
    signals: ["ema"],
    emaMode,
    emaDecay: (step) => emaDecay(step, decay),
    targets(batch, { ema }) {
      if (ema === undefined) {
        throw new TrainerError("MISSING_SIGNAL", "beta smoothing: no logits of a moving average");
      }
      const { shape, rng } = batch;
      const [m, k] = shape;
      const labels = labelsOf(batch);
      const confidences = trueClassConfidences(ema, labels, shape);
      const out = new Float32Array(m * k);
      const options = { a, beta, rng, mode: assignment, out };
      return { targets: betaSmoothingTargets(confidences, labels, shape, options).targets };
    },
  };
}
