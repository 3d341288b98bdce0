import { checkNumber } from "@sd/math";
import * as tf from "@tensorflow/tfjs";
import type { EngineTerm } from "./engine-term.ts";
import { labelRows } from "./labels.ts";
import type { Method } from "./method.ts";

/** How much a confident prediction costs. */
export interface ConfidencePenaltyOptions {
  /** The weight of the entropy, at least 0. @defaultValue 0.1 */
  readonly beta?: number;
}

/** The mean of `−β H(p)`: low entropy is punished. */
export function entropyBonus(beta: number): EngineTerm {
  return {
    name: "entropy bonus",
    loss(logits) {
      const logProbs = tf.logSoftmax(logits);
      const negativeEntropy = tf.sum(tf.mul(tf.exp(logProbs), logProbs), 1);
      return tf.mul(beta, tf.mean(negativeEntropy)) as tf.Scalar;
    },
  };
}

/**
 * The confidence penalty: cross-entropy minus `β H(p)` (arXiv 1701.06548).
 *
 * The entropy is the student's own, so it is no prior and no target, but a term of the loss.
 */
export function confidencePenalty({ beta = 0.1 }: ConfidencePenaltyOptions = {}): Method {
  checkNumber("confidencePenalty", "beta", beta, { min: 0 });
  return {
    name: "confidence-penalty",
    label: "confidence penalty",
    options: { beta },
    signals: [],
    targets: (batch) => ({ targets: labelRows(batch) }),
    terms: [entropyBonus(beta)],
  };
}
