import { checkChoice, checkNumber } from "@sd/math";
import * as tf from "@tensorflow/tfjs";
import type { EngineTerm } from "./engine-term.ts";
import { labelRows } from "./labels.ts";
import type { Method } from "./method.ts";
import { temperedDivergence } from "./tempered-divergence.ts";

/** How the teacher counts. */
export interface HintonDistillationOptions {
  /** The weight of the label; the teacher has the rest. In [0, 1]. @defaultValue 0.6 */
  readonly hardWeight?: number;
  /** Divides the logits of both sides. @defaultValue 4 */
  readonly temperature?: number;
  /** What the divergence is multiplied by: T², or 1. @defaultValue "squaredTemperature" */
  readonly factor?: "squaredTemperature" | "one";
}

/** The mean of `scale · KL(softmax(t/T) ‖ softmax(f/T))`. */
export function teacherDivergence(scale: number, temperature: number): EngineTerm {
  return {
    name: "teacher divergence",
    loss(logits, { teacher }) {
      const logProbs = tf.logSoftmax(tf.div(teacher!, temperature)) as tf.Tensor2D;
      return tf.mul(scale, temperedDivergence(logProbs, logits, temperature)) as tf.Scalar;
    },
  };
}

/**
 * Distillation with both sides tempered, `h CE + (1 − h) T² KL(softmax(t/T) ‖ softmax(f/T))` (arXiv 1503.02531).
 *
 * With the teacher alone tempered it is a prior: `selfDistillation`.
 */
export function hintonDistillation({
  hardWeight = 0.6,
  temperature = 4,
  factor = "squaredTemperature",
}: HintonDistillationOptions = {}): Method {
  checkNumber("hintonDistillation", "hardWeight", hardWeight, { min: 0, max: 1 });
  checkNumber("hintonDistillation", "temperature", temperature, { min: 0, aboveMin: true });
  checkChoice("hintonDistillation", "factor", factor, ["squaredTemperature", "one"]);
  const scale = (1 - hardWeight) * (factor === "one" ? 1 : temperature ** 2);
  return {
    name: "hinton-distillation",
    label: "distillation, both sides tempered",
    options: { hardWeight, temperature, factor },
    signals: ["teacher"],
    targets: (batch) => ({
      targets: labelRows(batch),
      weights: new Float32Array(batch.shape[0]).fill(hardWeight),
    }),
    terms: [teacherDivergence(scale, temperature)],
  };
}
