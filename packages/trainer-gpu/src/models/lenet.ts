import { relu } from "@sd/tfjs-compile";
import type * as tf from "@tensorflow/tfjs";
import {
  convolution,
  convolutionParameters,
  dense,
  denseParameters,
  flatten,
  maxPool,
} from "./layers.ts";
import type { Model, ModelShape } from "./model.ts";

const CHANNELS = [16, 32] as const;
const HIDDEN = 128;

/**
 * LeNet with today's parts: two 5 × 5 convolutions (16 and 32 channels, padded to keep the size), each with ReLU and 2 × 2 maximum
 * pooling, then a hidden layer of 128.
 *
 * After LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, 1998.
 */
export function lenet({ input, classes }: ModelShape): Model {
  const [height, width, channels] = input;
  const pooled = [height >> 2, width >> 2, CHANNELS[1]] as const;
  const flat = pooled[0] * pooled[1] * pooled[2];
  return {
    name: "lenet",
    input,
    classes,
    parameters: [
      ...convolutionParameters("conv1", 5, channels, CHANNELS[0]),
      ...convolutionParameters("conv2", 5, CHANNELS[0], CHANNELS[1]),
      ...denseParameters("fc1", flat, HIDDEN, pooled),
      ...denseParameters("fc2", HIDDEN, classes),
    ],
    forward(weights, images): tf.Tensor2D {
      let x = maxPool(relu(convolution(weights, "conv1", images)));
      x = maxPool(relu(convolution(weights, "conv2", x)));
      const hidden = relu(dense(weights, "fc1", flatten(x)));
      return dense(weights, "fc2", hidden);
    },
  };
}
