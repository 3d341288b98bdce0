import { relu } from "@sd/tfjs-compile";
import type * as tf from "@tensorflow/tfjs";
import { dense, denseParameters, flatten } from "./layers.ts";
import type { Model, ModelShape } from "./model.ts";

const HIDDEN = 256;

/** One hidden layer of 256 with ReLU on the flattened image. */
export function mlp({ input, classes }: ModelShape): Model {
  const flat = input[0] * input[1] * input[2];
  return {
    name: "mlp",
    input,
    classes,
    parameters: [
      ...denseParameters("fc1", flat, HIDDEN, input),
      ...denseParameters("fc2", HIDDEN, classes),
    ],
    forward(weights, images): tf.Tensor2D {
      return dense(weights, "fc2", relu(dense(weights, "fc1", flatten(images))));
    },
  };
}
