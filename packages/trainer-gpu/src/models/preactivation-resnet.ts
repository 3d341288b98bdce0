import { batchNormalisation } from "./layers/batch-normalisation.ts";
import { plainConvolution } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { sequence } from "./layers/layer.ts";
import { globalAveragePool, relu } from "./layers/stateless.ts";
import type { Model, ModelShape } from "./model.ts";
import { network } from "./network.ts";
import { preactivationBlock, stages } from "./residual-blocks.ts";

/** What differs between the networks of pre-activation blocks. */
export interface PreactivationResNet {
  readonly stem: number;
  readonly widths: readonly number[];
  readonly depths: readonly number[];
}

/**
 * A 3 × 3 convolution, stages of pre-activation blocks, a last batch normalisation and ReLU, the
 * mean over pixels.
 */
export function preactivationResNet(
  name: string,
  shape: ModelShape,
  { stem, widths, depths }: PreactivationResNet,
): Model {
  const features = widths.at(-1)!;
  const body = sequence(
    plainConvolution("conv1", 3, shape.input[2], stem),
    stages(stem, widths, depths, preactivationBlock),
    batchNormalisation("bn", features),
    relu,
    globalAveragePool,
    dense("fc", { inputs: features, outputs: shape.classes }),
  );
  return network(name, shape, body);
}

/**
 * PreAct-ResNet-18 for small images: He, Zhang, Ren, Sun, *Identity mappings in deep residual
 * networks* (arXiv 1603.05027), with the widths and depths of ResNet-18. Convolutions are
 * N(0, 2 / fanOut), the last layer is as PyTorch's.
 */
export function preactResnet18(shape: ModelShape): Model {
  const widths = [64, 128, 256, 512];
  return preactivationResNet("preact-resnet-18", shape, {
    stem: 64,
    widths,
    depths: [2, 2, 2, 2],
  });
}
