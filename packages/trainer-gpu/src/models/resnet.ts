import { batchNormalisation } from "./layers/batch-normalisation.ts";
import { plainConvolution } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { sequence } from "./layers/layer.ts";
import { globalAveragePool, relu } from "./layers/stateless.ts";
import type { Model, ModelShape } from "./model.ts";
import { network } from "./network.ts";
import {
  basicBlock,
  projectionShortcut,
  type Shortcut,
  stages,
  zeroPaddedShortcut,
} from "./residual-blocks.ts";

interface ResNet {
  readonly widths: readonly number[];
  readonly depths: readonly number[];
  readonly shortcut: Shortcut;
}

/**
 * A residual network for small images: a 3 × 3 convolution without stride or pooling, stages of
 * basic blocks, the mean over pixels.
 */
function resnet(name: string, shape: ModelShape, { widths, depths, shortcut }: ResNet): Model {
  const channels = shape.input[2];
  const body = sequence(
    plainConvolution("conv1", 3, channels, widths[0]!),
    batchNormalisation("bn1", widths[0]!),
    relu,
    stages(widths[0]!, widths, depths, (block) => basicBlock(block, shortcut)),
    globalAveragePool,
    dense("fc", { inputs: widths.at(-1)!, outputs: shape.classes }),
  );
  return network(name, shape, body);
}

/** 6n + 2 layers of 16, 32 and 64 channels with shortcuts of option A. */
const small = (name: string, n: number) => (shape: ModelShape) =>
  resnet(name, shape, {
    widths: [16, 32, 64],
    depths: [n, n, n],
    shortcut: zeroPaddedShortcut,
  });

/** ImageNet's widths with the stem for small images, and shortcuts of option B. */
const large = (name: string, depths: readonly number[]) => (shape: ModelShape) =>
  resnet(name, shape, { widths: [64, 128, 256, 512], depths, shortcut: projectionShortcut });

/**
 * The CIFAR network of He, Zhang, Ren, Sun, *Deep residual learning* (arXiv 1512.03385), section
 * 4.2, with n = 1: shortcuts of option A (zeros, no parameters) as there. Convolutions are
 * N(0, 2 / fanOut), the last layer is as PyTorch's.
 */
export const resnet8: (shape: ModelShape) => Model = small("resnet-8", 1);

/** {@link resnet8} with n = 3. */
export const resnet20: (shape: ModelShape) => Model = small("resnet-20", 3);

/** {@link resnet8} with n = 9. */
export const resnet56: (shape: ModelShape) => Model = small("resnet-56", 9);

/**
 * ResNet-18 of arXiv 1512.03385, table 1, for small images: its first convolution is 3 × 3 without
 * stride, and there is no pooling after it. Shortcuts of option B (1 × 1 convolutions). Names and
 * initial values as torchvision's.
 */
export const resnet18: (shape: ModelShape) => Model = large("resnet-18", [2, 2, 2, 2]);

/** ResNet-34; see {@link resnet18}. */
export const resnet34: (shape: ModelShape) => Model = large("resnet-34", [3, 4, 6, 3]);
