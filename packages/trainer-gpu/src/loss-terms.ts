// What a method adds to the loss on the engine.
import * as tf from "@tensorflow/tfjs";
import { TrainerError } from "./errors.ts";
import type { TermInputs } from "./methods/engine-term.ts";
import type { Method, Signal } from "./methods/method.ts";

/** The name under which a signal's logits are an input of a step. */
export type SignalInput = `${Signal}Logits`;

/**
 * The loss with the method's terms added.
 *
 * @throws TrainerError `BAD_OPTION` where a term is no scalar, naming it.
 */
export function addTerms(
  loss: tf.Scalar,
  { terms = [], signals }: Pick<Method, "terms" | "signals">,
  logits: tf.Tensor2D,
  inputs: { readonly targets: tf.Tensor } & Partial<Record<SignalInput, tf.Tensor>>,
): tf.Scalar {
  const ofSignals = (): [string, tf.Tensor | undefined][] =>
    signals.map((signal) => [signal, inputs[`${signal}Logits`]]);
  return terms.reduce<tf.Scalar>((sum, term) => {
    const constants = { targets: inputs.targets, ...Object.fromEntries(ofSignals()) };
    const value = term.loss(logits, constants as TermInputs);
    if (value.rank !== 0) {
      const problem = `expected a scalar, got the shape [${value.shape}]`;
      throw new TrainerError("BAD_OPTION", `the term \`${term.name}\`: ${problem}`);
    }
    return tf.add(sum, value);
  }, loss);
}
