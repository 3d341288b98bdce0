import { convolution } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { sequence } from "./layers/layer.ts";
import { flatten, maxPool, relu } from "./layers/stateless.ts";
import { type Model, type ModelShape, sizeOf } from "./model.ts";
import { network } from "./network.ts";

const CHANNELS = [16, 32] as const;
const HIDDEN = 128;

/**
 * LeNet with today's parts: two 5 × 5 convolutions (16 and 32 channels, padded to keep the size),
 * each with ReLU and 2 × 2 maximum pooling, then a hidden layer of 128. Initialised as PyTorch does
 * by default.
 *
 * After LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*,
 * 1998.
 */
export function lenet(shape: ModelShape): Model {
  const [height, width, channels] = shape.input;
  const image = [height >> 2, width >> 2, CHANNELS[1]] as const;
  const body = sequence(
    // The maximum of rectified numbers is the rectified maximum: a quarter of the numbers to rectify.
    convolution("conv1", { size: 5, inputs: channels, outputs: CHANNELS[0] }),
    maxPool,
    relu,
    convolution("conv2", { size: 5, inputs: CHANNELS[0], outputs: CHANNELS[1] }),
    maxPool,
    relu,
    flatten,
    dense("fc1", { inputs: sizeOf(image), outputs: HIDDEN, image }),
    relu,
    dense("fc2", { inputs: HIDDEN, outputs: shape.classes }),
  );
  return network("lenet", shape, body);
}
