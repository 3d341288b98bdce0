import type * as tf from "@tensorflow/tfjs";
import type { Layer } from "./layers/layer.ts";
import type { Model, ModelShape } from "./model.ts";

/** The network that `body` is: images in, logits out. */
export function network(name: string, { input, classes }: ModelShape, body: Layer): Model {
  const { parameters, buffers } = body;
  return {
    name,
    input,
    classes,
    parameters,
    buffers,
    forward: (weights, images, mode) => body.forward(weights, images, mode) as tf.Tensor2D,
  };
}
