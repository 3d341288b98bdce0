import * as tf from "@tensorflow/tfjs";
import { requireOption } from "../errors.ts";
import type { UpdateRule } from "./update-rule.ts";
import { applyWeightDecay, checkWeightDecay, type WeightDecayOptions } from "./weight-decay.ts";

/** SGD with momentum. Weight decay is 0 and coupled by default. */
export interface MomentumOptions extends WeightDecayOptions {
  /** In [0, 1). @defaultValue 0.9 */
  readonly momentum?: number;
  /** @defaultValue false */
  readonly nesterov?: boolean;
}

/**
 * SGD with momentum, as PyTorch's `torch.optim.SGD` (no dampening): `v ← momentum · v + g`, `w ← w
 * − learningRate · (nesterov ? g + momentum · v : v)`, where g is the gradient with the coupled
 * weight decay. It keeps `velocity`, v.
 *
 * @throws TrainerError `BAD_OPTION`.
 */
export function momentum({
  momentum: share = 0.9,
  nesterov = false,
  weightDecay = 0,
  decay = "coupled",
}: MomentumOptions = {}): UpdateRule {
  requireOption("momentum", share, "a number in [0, 1)", share >= 0 && share < 1);
  const decayOptions = { weightDecay, decay };
  checkWeightDecay(decayOptions);
  return {
    name: "momentum",
    options: { momentum: share, nesterov, ...decayOptions },
    slots: ["velocity"],
    coefficients: (learningRate) => ({ learningRate }),
    update(step, { learningRate }) {
      const { parameter, gradient } = applyWeightDecay(step, learningRate!, decayOptions);
      const velocity = tf.add(tf.mul(step.state.velocity!, share), gradient);
      const direction = nesterov ? tf.add(gradient, tf.mul(velocity, share)) : velocity;
      const moved = tf.sub(parameter, tf.mul(direction, learningRate!));
      return { parameter: moved, state: { velocity } };
    },
  };
}
