import { checkChoice, checkNumber } from "@sd/math";
import { softmaxCrossEntropy } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { entropyBonus } from "./confidence-penalty.ts";
import type { EngineTerm } from "./engine-term.ts";
import { labelRows } from "./labels.ts";
import type { Method } from "./method.ts";

/** How much the network's own prediction counts as a label. */
export interface BootstrappingOptions {
  /** `soft`: the prediction p itself; `hard`: its largest class. @defaultValue "soft" */
  readonly form?: "soft" | "hard";
  /** β, the weight of the label; the prediction has the rest. In [0, 1]; the paper has 0.8 for `hard`. @defaultValue 0.95 */
  readonly labelWeight?: number;
}

/** The mean of `−scale · log max p`: the cross-entropy with the prediction's largest class, of equal ones the first. */
export function ownDecision(scale: number): EngineTerm {
  return {
    name: "own decision",
    loss(logits) {
      // Not the maximum itself: its gradient would go to every one of several largest classes.
      const largest = tf.argMax(logits, 1);
      const decisions = tf.oneHot(largest, logits.shape[1], 1, 0, "float32") as tf.Tensor2D;
      return tf.mul(scale, tf.mean(softmaxCrossEntropy(logits, decisions))) as tf.Scalar;
    },
  };
}

/**
 * Bootstrapping, for labels that may be wrong: the network's own prediction is part of the label (arXiv 1412.6596).
 *
 * Soft, `β CE − (1 − β) Σ p log p` (equation 6), which is to say that the entropy is to fall: the confidence penalty with the
 * sign turned. Hard, `β CE − (1 − β) log max p` (equation 7).
 */
export function bootstrapping({
  form = "soft",
  labelWeight = 0.95,
}: BootstrappingOptions = {}): Method {
  checkChoice("bootstrapping", "form", form, ["soft", "hard"]);
  checkNumber("bootstrapping", "labelWeight", labelWeight, { min: 0, max: 1 });
  const own = 1 - labelWeight;
  return {
    name: "bootstrapping",
    label: "bootstrapping",
    options: { form, labelWeight },
    signals: [],
    targets: (batch) => ({
      targets: labelRows(batch),
      weights: new Float32Array(batch.shape[0]).fill(labelWeight),
    }),
    terms: [form === "hard" ? ownDecision(own) : entropyBonus(-own)],
  };
}
