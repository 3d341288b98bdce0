import { checkChoice, checkNumber } from "@sd/math";
import { smoothedTargets, virtualTeacherPrior } from "@sd/priors";
import * as tf from "@tensorflow/tfjs";
import type { EngineTerm } from "./engine-term.ts";
import { labelRows, labelsOf } from "./labels.ts";
import type { Method } from "./method.ts";
import { temperedDivergence } from "./tempered-divergence.ts";

const FORMS = ["bothTempered", "untempered", "teacherOnly", "publicCode"] as const;

/** What the made-up teacher says, and how much it counts. */
export interface VirtualTeacherOptions {
  /** λ, its weight; the label has the rest. In [0, 1). @defaultValue 0.1 */
  readonly teacherWeight?: number;
  /** a, what it gives the true class, in (0, 1). @defaultValue 0.99 */
  readonly correct?: number;
  /** @defaultValue 20 */
  readonly temperature?: number;
  /**
   * The divergence R from u, with u = a on the label and `(1 − a)/(k − 1)` elsewhere: `bothTempered` KL(u_τ ‖ softmax(f/τ)), the
   * paper's, with u_τ = softmax(log u/τ); `untempered` KL(u ‖ p); `teacherOnly` KL(u_τ ‖ p); `publicCode`
   * KL(softmax(u/τ) ‖ p)/k. @defaultValue "bothTempered"
   */
  readonly form?: (typeof FORMS)[number];
}

/** The mean of `λ KL(u_τ ‖ softmax(f/τ))`; rows of soft labels have the mean of their classes' u_τ. */
export function virtualTeacherDivergence(
  teacherWeight: number,
  correct: number,
  temperature: number,
): EngineTerm {
  return {
    name: "virtual teacher divergence",
    loss(logits, { targets }) {
      const others = targets.shape[1] - 1;
      const odds = (correct * others) / (1 - correct);
      const own = 1 / (1 + others * odds ** (-1 / temperature));
      const other = 1 / (odds ** (1 / temperature) + others);
      const probs = tf.add(tf.mul(targets, own), tf.mul(tf.sub(1, targets), other));
      const logProbs = tf.log(probs) as tf.Tensor2D;
      return tf.mul(teacherWeight, temperedDivergence(logProbs, logits, temperature)) as tf.Scalar;
    },
  };
}

/**
 * Teacher-free distillation from a virtual teacher, `(1 − λ) CE + λ R` (arXiv 1909.11723, section 4).
 *
 * With the student untempered it is a prior. The scale is kept: rows weigh 1, or `1 − λ + λ/k` in the form `publicCode`.
 */
export function virtualTeacher({
  teacherWeight = 0.1,
  correct = 0.99,
  temperature = 20,
  form = "bothTempered",
}: VirtualTeacherOptions = {}): Method {
  const open = { min: 0, max: 1, aboveMin: true, belowMax: true };
  checkNumber("virtualTeacher", "teacherWeight", teacherWeight, { min: 0, max: 1, belowMax: true });
  checkNumber("virtualTeacher", "correct", correct, open);
  checkNumber("virtualTeacher", "temperature", temperature, { min: 0, aboveMin: true });
  checkChoice("virtualTeacher", "form", form, FORMS);
  const common = {
    name: "virtual-teacher",
    label: "virtual teacher",
    options: { teacherWeight, correct, temperature, form },
    signals: [],
  };
  const rows = (m: number, weight: number): Float32Array => new Float32Array(m).fill(weight);
  if (form === "bothTempered") {
    return {
      ...common,
      targets: (batch) => ({
        targets: labelRows(batch),
        weights: rows(batch.shape[0], 1 - teacherWeight),
      }),
      terms: [virtualTeacherDivergence(teacherWeight, correct, temperature)],
    };
  }
  return {
    ...common,
    targets(batch) {
      const { shape } = batch;
      const [m, k] = shape;
      const share = form === "publicCode" ? teacherWeight / k : teacherWeight;
      const excess = virtualTeacherPrior(labelsOf(batch), shape, {
        beta: share / (1 - teacherWeight),
        correct,
        temperature: form === "untempered" ? 1 : temperature,
        tempered: form === "publicCode" ? "probs" : "logProbs",
      });
      const out = new Float32Array(m * k);
      const { targets } = smoothedTargets(excess, labelsOf(batch), shape, { out });
      return form === "publicCode"
        ? { targets, weights: rows(m, 1 - teacherWeight + share) }
        : { targets };
    },
  };
}
