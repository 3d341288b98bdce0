import * as tf from "@tensorflow/tfjs";

/** SGD with momentum, as PyTorch's `torch.optim.SGD` (no dampening). */
export interface MomentumOptions {
  /** @defaultValue 0.9 */
  readonly momentum?: number;
  /** L2 penalty added to the gradient, on every parameter. @defaultValue 0 */
  readonly weightDecay?: number;
  /** @defaultValue false */
  readonly nesterov?: boolean;
}

/**
 * One update of one parameter, as tensor code:
 * `g ← gradient + weightDecay · w`, `v ← momentum · v + g`, `w ← w − learningRate · (nesterov ? g + momentum · v : v)`.
 *
 * @returns The new parameter and the new velocity.
 */
export function momentumUpdate(
  parameter: tf.Tensor,
  gradient: tf.Tensor,
  velocity: tf.Tensor,
  learningRate: tf.Scalar,
  { momentum = 0.9, weightDecay = 0, nesterov = false }: MomentumOptions,
): { parameter: tf.Tensor; velocity: tf.Tensor } {
  const g = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
  const v = tf.add(tf.mul(velocity, momentum), g);
  const direction = nesterov ? tf.add(g, tf.mul(v, momentum)) : v;
  return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), velocity: v };
}
