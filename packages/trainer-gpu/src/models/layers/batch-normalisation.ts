import { batchNorm } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import type { BufferSpec } from "../model.ts";
import { constant } from "./initialisers.ts";
import type { Layer } from "./layer.ts";
import { vector } from "./parameters.ts";

/** The share of a batch's statistics in the running ones: PyTorch's `momentum`. */
const MOMENTUM = 0.1;
const EPSILON = 1e-5;

function statistic(name: string, channels: number, initial: number): BufferSpec {
  const torch = { view: [channels], permutation: [0], shape: [channels] };
  return { name, shape: [channels], torch, initial, averaged: true };
}

/** PyTorch counts the batches as well, and wants the count in a `state_dict`. */
function batchCount(name: string): BufferSpec {
  const torch = { view: [], permutation: [], shape: [], dtype: "I64" } as const;
  return { name, shape: [], torch, initial: 0, averaged: false };
}

/**
 * Batch normalisation as PyTorch's `BatchNorm2d`: parameters `name.weight` (1) and `name.bias` (0),
 * buffers `name.running_mean`, `name.running_var` (unbiased) and `name.num_batches_tracked`;
 * momentum 0.1, ε 1e-5 (arXiv 1502.03167).
 */
export function batchNormalisation(name: string, channels: number): Layer {
  const [scale, offset] = [`${name}.weight`, `${name}.bias`];
  const [mean, variance] = [`${name}.running_mean`, `${name}.running_var`];
  const count = `${name}.num_batches_tracked`;
  return {
    parameters: [
      vector(scale, "norm", channels, constant(1)),
      vector(offset, "norm", channels, constant(0)),
    ],
    buffers: [statistic(mean, channels, 0), statistic(variance, channels, 1), batchCount(count)],
    forward(weights, x, mode) {
      const vectorOf = (key: string): tf.Tensor1D => weights[key] as tf.Tensor1D;
      const running = { mean: vectorOf(mean), variance: vectorOf(variance) };
      const result = batchNorm(x as tf.Tensor4D, vectorOf(scale), vectorOf(offset), {
        epsilon: EPSILON,
        ...(mode.training
          ? { running: { ...running, momentum: MOMENTUM } }
          : { statistics: running }),
      });
      if (mode.training) {
        mode.update(mean, result.mean);
        mode.update(variance, result.variance);
        mode.update(count, tf.add(weights[count]!, 1));
      }
      return result.output;
    },
  };
}
