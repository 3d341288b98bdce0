// Networks of dense layers, written with tfjs's operations.
import { createRng, normal } from "@sd/math/random";
import * as tf from "@tensorflow/tfjs";

/** The variables of each layer: weights `[in, out]` and biases `[out]`. */
export type Network = readonly { readonly w: tf.Variable; readonly b: tf.Variable }[];

/** Layers between the given widths, with Kaiming-normal weights and zero biases. */
export function createNetwork(widths: readonly number[], seed: number): Network {
  const rng = createRng(seed);
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i]!;
    const scale = Math.sqrt(2 / inputs);
    const weights = Float32Array.from({ length: inputs * outputs }, () => scale * normal(rng));
    return tf.tidy(() => ({
      w: tf.variable(tf.tensor2d(weights, [inputs, outputs])),
      b: tf.variable(tf.zeros([outputs])),
    }));
  });
}

export const variablesOf = (network: Network): tf.Variable[] =>
  network.flatMap(({ w, b }) => [w, b]);

/** Logits `[n, k]` of points `[n, 2]`. */
export function forward(network: Network, x: tf.Tensor2D): tf.Tensor2D {
  return network.reduce<tf.Tensor>((input, { w, b }, i) => {
    const output = tf.add(tf.matMul(input as tf.Tensor2D, w as tf.Tensor2D), b);
    return i < network.length - 1 ? tf.relu(output) : output;
  }, x) as tf.Tensor2D;
}

/** The logits as numbers, row by row. */
export function predict(network: Network, points: Float32Array): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor2d(points, [points.length / 2, 2]);
    return forward(network, x).dataSync() as Float32Array;
  });
}
