import { dense } from "./layers/dense.ts";
import { sequence } from "./layers/layer.ts";
import { flatten, relu } from "./layers/stateless.ts";
import { type Model, type ModelShape, sizeOf } from "./model.ts";
import { network } from "./network.ts";

const HIDDEN = 256;

/**
 * One hidden layer of 256 with ReLU on the flattened image. Initialised as PyTorch does by default.
 */
export function mlp(shape: ModelShape): Model {
  const { input, classes } = shape;
  const body = sequence(
    flatten,
    dense("fc1", { inputs: sizeOf(input), outputs: HIDDEN, image: input }),
    relu,
    dense("fc2", { inputs: HIDDEN, outputs: classes }),
  );
  return network("mlp", shape, body);
}
