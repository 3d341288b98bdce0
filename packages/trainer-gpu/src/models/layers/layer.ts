// The pieces that networks are put together from: each says what tensors it has and what it does to
// its input, once.
import * as tf from "@tensorflow/tfjs";
import type { BufferSpec, Mode, ParameterSpec, Weights } from "../model.ts";

/** A piece of a network. */
export interface Layer {
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly BufferSpec[];
  forward(weights: Weights, x: tf.Tensor, mode: Mode): tf.Tensor;
}

/** A layer without tensors of its own. */
export const stateless = (compute: (x: tf.Tensor) => tf.Tensor): Layer => ({
  parameters: [],
  buffers: [],
  forward: (_, x) => compute(x),
});

const tensorsOf = (layers: readonly Layer[]): Pick<Layer, "parameters" | "buffers"> => ({
  parameters: layers.flatMap(({ parameters }) => parameters),
  buffers: layers.flatMap(({ buffers }) => buffers),
});

/** One layer after the other. */
export function sequence(...layers: readonly Layer[]): Layer {
  return {
    ...tensorsOf(layers),
    forward: (weights, x, mode) => layers.reduce((y, l) => l.forward(weights, y, mode), x),
  };
}

/** The input as it is. */
export const identity: Layer = stateless((x) => x);

/** `main(x) + shortcut(x)`. */
export function residual(main: Layer, shortcut: Layer): Layer {
  return {
    ...tensorsOf([main, shortcut]),
    forward: (weights, x, mode) =>
      tf.add(main.forward(weights, x, mode), shortcut.forward(weights, x, mode)),
  };
}

/** `[x, layer(x)]` along the channels. */
export function concatenated(layer: Layer): Layer {
  return {
    ...tensorsOf([layer]),
    forward: (weights, x, mode) => tf.concat([x, layer.forward(weights, x, mode)], -1),
  };
}
