import * as tf from "@tensorflow/tfjs";

/**
 * The mean of `KL(q ‖ softmax(f/T))`: the student is tempered too, so that no target can stand for it.
 *
 * @param logProbs - `[m, k]`, log q; constants, finite.
 * @param logits - `[m, k]`, f.
 */
export function temperedDivergence(
  logProbs: tf.Tensor2D,
  logits: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  const gaps = tf.sub(logProbs, tf.logSoftmax(tf.div(logits, temperature)));
  return tf.mean(tf.sum(tf.mul(tf.exp(logProbs), gaps), 1)) as tf.Scalar;
}
