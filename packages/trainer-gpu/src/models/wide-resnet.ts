import type { Model, ModelShape } from "./model.ts";
import { preactivationResNet } from "./preactivation-resnet.ts";

/**
 * WideResNet-16-4, without dropout: 6n + 4 layers with n = 2, four times as wide as the narrow
 * network; Zagoruyko, Komodakis, *Wide residual networks* (arXiv 1605.07146), table 1. Convolutions
 * are N(0, 2 / fanOut), the last layer is as PyTorch's.
 */
export function wideResnet16x4(shape: ModelShape): Model {
  return preactivationResNet("wide-resnet-16-4", shape, {
    stem: 16,
    widths: [64, 128, 256],
    depths: [2, 2, 2],
  });
}
