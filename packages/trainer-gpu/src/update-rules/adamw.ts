import * as tf from "@tensorflow/tfjs";
import { requireOption } from "../errors.ts";
import type { UpdateRule } from "./update-rule.ts";
import { applyWeightDecay, checkWeightDecay, type WeightDecayOptions } from "./weight-decay.ts";

/**
 * Adam with weight decay, which is 0.01 and decoupled by default; coupled it is PyTorch's `Adam`.
 */
export interface AdamWOptions extends WeightDecayOptions {
  /** In [0, 1). @defaultValue 0.9 */
  readonly beta1?: number;
  /** In [0, 1). @defaultValue 0.999 */
  readonly beta2?: number;
  /** @defaultValue 1e-8 */
  readonly epsilon?: number;
}

/**
 * AdamW, as PyTorch's `torch.optim.AdamW` (arXiv 1711.05101):
 * `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`,
 * `w ← w − learningRate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)` at step t = 1, 2, …
 *
 * It keeps `firstMoment`, m, and `secondMoment`, v.
 *
 * @throws TrainerError `BAD_OPTION`.
 */
export function adamw({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
  decay = "decoupled",
}: AdamWOptions = {}): UpdateRule {
  requireOption("beta1", beta1, "a number in [0, 1)", beta1 >= 0 && beta1 < 1);
  requireOption("beta2", beta2, "a number in [0, 1)", beta2 >= 0 && beta2 < 1);
  requireOption("epsilon", epsilon, "a positive number", epsilon > 0 && epsilon < Infinity);
  const decayOptions = { weightDecay, decay };
  checkWeightDecay(decayOptions);
  return {
    name: "adamw",
    options: { beta1, beta2, epsilon, ...decayOptions },
    slots: ["firstMoment", "secondMoment"],
    // 1 − β₂ᵗ is a small difference of large numbers at first, which float32 would spoil.
    coefficients: (learningRate, step) => ({
      learningRate,
      stepSize: learningRate / (1 - beta1 ** step),
      deviationScale: 1 / Math.sqrt(1 - beta2 ** step),
    }),
    update(step, { learningRate, stepSize, deviationScale }) {
      const { parameter, gradient } = applyWeightDecay(step, learningRate!, decayOptions);
      const { state } = step;
      const firstMoment = mixed(state.firstMoment!, gradient, beta1);
      const secondMoment = mixed(state.secondMoment!, tf.square(gradient), beta2);
      const deviation = tf.add(tf.mul(tf.sqrt(secondMoment), deviationScale!), epsilon);
      const direction = tf.div(firstMoment, deviation);
      const moved = tf.sub(parameter, tf.mul(direction, stepSize!));
      return { parameter: moved, state: { firstMoment, secondMoment } };
    },
  };
}

const mixed = (old: tf.Tensor, value: tf.Tensor, share: number): tf.Tensor =>
  tf.add(tf.mul(old, share), tf.mul(value, 1 - share));
