// Two ways to bring a loss that is computed on plain arrays into tfjs.
import type { ValueAndGrad } from "@sd/losses";
import * as tf from "@tensorflow/tfjs";

/** A loss of each row and its gradient with respect to the logits, such as @sd/losses returns. */
export type ArrayLoss = (logits: Float32Array, shape: readonly number[]) => ValueAndGrad;

/**
 * The first way: the loss as an operation of tfjs, whose gradient came with its value.
 *
 * @returns `[n]`, the loss of each row of `logits` `[n, k]`.
 */
export function lossOnArrays(logits: tf.Tensor2D, loss: ArrayLoss): tf.Tensor1D {
  const operation = tf.customGrad((x, save) => {
    const { value, grad } = loss((x as tf.Tensor).dataSync() as Float32Array, logits.shape);
    (save as tf.GradSaveFunc)([tf.tensor2d(Float32Array.from(grad), logits.shape)]);
    return {
      value: tf.tensor1d(Float32Array.from(value)),
      // A row's gradient counts as much as what follows makes of the row's value.
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved[0]!),
    };
  });
  return operation(logits) as tf.Tensor1D;
}

/**
 * The second way: cross-entropy against soft targets `[n, k]`, which tfjs differentiates itself.
 *
 * @returns `[n]`
 */
export function lossOnTargets(logits: tf.Tensor2D, targets: Float32Array): tf.Tensor1D {
  const logProbs = tf.logSoftmax(logits);
  return tf.neg(tf.sum(tf.mul(tf.tensor2d(targets, logits.shape), logProbs), 1));
}
