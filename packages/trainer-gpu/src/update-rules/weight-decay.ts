import * as tf from "@tensorflow/tfjs";
import { requireOption } from "../errors.ts";
import type { ParameterStep } from "./update-rule.ts";

/** A pull of the parameters towards 0. */
export interface WeightDecayOptions {
  readonly weightDecay?: number;
  /**
   * `coupled` adds weightDecay · w to the gradient, an L2 penalty; `decoupled` takes learningRate ·
   * weightDecay · w off the parameter, past the rule's own scaling (arXiv 1711.05101).
   */
  readonly decay?: "coupled" | "decoupled";
}

/** Fails on options that no decay can have. */
export function checkWeightDecay({ weightDecay, decay }: Required<WeightDecayOptions>): void {
  requireOption(
    "weightDecay",
    weightDecay,
    "a number in [0, 1)",
    weightDecay >= 0 && weightDecay < 1,
  );
  const known = decay === "coupled" || decay === "decoupled";
  requireOption("decay", decay, "`coupled` or `decoupled`", known);
}

/** Parameter and gradient as the rule proper takes them, the decay applied. */
export function applyWeightDecay(
  { parameter, gradient, decays }: ParameterStep,
  learningRate: tf.Tensor,
  { weightDecay, decay }: Required<WeightDecayOptions>,
): { readonly parameter: tf.Tensor; readonly gradient: tf.Tensor } {
  if (!decays || weightDecay === 0) return { parameter, gradient };
  const pull = tf.mul(parameter, weightDecay);
  return decay === "coupled"
    ? { parameter, gradient: tf.add(gradient, pull) }
    : { parameter: tf.sub(parameter, tf.mul(pull, learningRate)), gradient };
}
