import * as tf from "@tensorflow/tfjs";

/** Keeps the scale finite where all gradients are 0; PyTorch's number. */
const EPSILON = 1e-6;

/**
 * Scales all gradients by the same factor, so that their norm taken together is at most `maxNorm`:
 * `g ← g · min(1, maxNorm / (‖g‖ + 1e-6))`, as PyTorch's `clip_grad_norm_` (arXiv 1211.5063).
 *
 * @param gradients - Of any shapes.
 * @returns As the gradients.
 */
export function clipByGlobalNorm<Name extends string>(
  gradients: Readonly<Record<Name, tf.Tensor>>,
  maxNorm: number,
): Record<Name, tf.Tensor> {
  const entries = Object.entries(gradients) as [Name, tf.Tensor][];
  const squares = entries.map(([, gradient]) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.minimum(1, tf.div(maxNorm, tf.add(norm, EPSILON)));
  const scaled = entries.map(([name, gradient]) => [name, tf.mul(gradient, factor)]);
  return Object.fromEntries(scaled) as Record<Name, tf.Tensor>;
}
