import type * as tf from "@tensorflow/tfjs";
import type { Signal } from "./method.ts";

/** What a term of the loss may use besides the student's logits; constants, `[m, k]` each. */
export interface TermInputs extends Readonly<Partial<Record<Signal, tf.Tensor2D>>> {
  /** What the method's `targets` returned. */
  readonly targets: tf.Tensor2D;
}

/**
 * A term of the loss that no soft target can stand for: its gradient reaches the network by another road.
 *
 * It is recorded with the step, so it must be a plain function of tensors (README of `@sd/tfjs-compile`).
 */
export interface EngineTerm {
  readonly name: string;
  /**
   * The mean over the batch, to be added to the loss.
   *
   * @param logits - `[m, k]`, the student's.
   * @param inputs - The targets, and the logits of the method's signals.
   */
  loss(logits: tf.Tensor2D, inputs: TermInputs): tf.Scalar;
}
