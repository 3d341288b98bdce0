import {
  betaFromHardWeight,
  massWeights,
  type Omega,
  smoothedTargets,
  teacherPrior,
} from "@sd/priors";
import { TrainerError } from "../errors.ts";
import { labelsOf } from "./labels.ts";
import type { Method } from "./method.ts";

/** How the teacher counts. */
export interface SelfDistillationOptions {
  /** The weight of the label; the teacher has the rest. In (0, 1]. @defaultValue 0.6 */
  readonly hardWeight?: number;
  /** Divides the teacher's logits, and nobody else's. @defaultValue 4 */
  readonly temperature?: number;
  /** How much each example's teacher counts (docs of `teacherPrior`). @defaultValue "constant" */
  readonly omega?: Exclude<Omega, "clipped">;
}

/**
 * Self-distillation: the teacher's tempered predictions as the prior of each example (arXiv 2006.05065).
 *
 * Where ω differs between examples, so does the mass of their targets; each row then keeps its mass, relative to the batch's mean,
 * as its weight.
 */
export function selfDistillation({
  hardWeight = 0.6,
  temperature = 4,
  omega = "constant",
}: SelfDistillationOptions = {}): Method {
  const beta = betaFromHardWeight(hardWeight);
  return {
    name: "self-distillation",
    label: "self-distillation",
    options: { hardWeight, temperature, omega },
    signals: ["teacher"],
    targets(batch, { teacher }) {
      if (teacher === undefined) {
        throw new TrainerError("MISSING_SIGNAL", "self-distillation: no logits of a teacher");
      }
      const { shape } = batch;
      const excess = teacherPrior(teacher, shape, { beta, temperature, omega });
      const out = new Float32Array(excess.length);
      const { targets, mass } = smoothedTargets(excess, labelsOf(batch), shape, { out });
      if (omega === "constant") return { targets };
      const weights = massWeights(mass, { normalise: "mean", out: new Float32Array(mass.length) });
      return { targets, weights };
    },
  };
}
