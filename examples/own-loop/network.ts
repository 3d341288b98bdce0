// A small network written with tfjs's operations. Its weights go in and out as named arrays.
import { createRng, normal } from "@sd/math/random";
import * as tf from "@tensorflow/tfjs";
import { CLASSES } from "./blobs.ts";

const HIDDEN = 64;
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  w1: [2, HIDDEN],
  b1: [HIDDEN],
  w2: [HIDDEN, HIDDEN],
  b2: [HIDDEN],
  w3: [HIDDEN, CLASSES],
  b3: [CLASSES],
};

export type Network = Readonly<Record<string, tf.Variable>>;
export type Arrays = Readonly<Record<string, Float32Array>>;

/** Kaiming-normal weights and zero biases. */
export function createNetwork(seed: number): Network {
  const rng = createRng(seed);
  const variables = Object.entries(SHAPES).map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const scale = shape.length === 2 ? Math.sqrt(2 / shape[0]!) : 0;
    const values = Float32Array.from({ length: size }, () => scale * normal(rng));
    return [name, tf.tidy(() => tf.variable(tf.tensor(values, [...shape])))];
  });
  return Object.fromEntries(variables) as Network;
}

/** Logits `[n, 3]` of points `[n, 2]`. */
export function forward({ w1, b1, w2, b2, w3, b3 }: Network, x: tf.Tensor2D): tf.Tensor2D {
  const dense = (input: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    tf.add(tf.matMul(input, w), b);
  const hidden = tf.relu(dense(tf.relu(dense(x, w1!, b1!)), w2!, b2!));
  return dense(hidden, w3!, b3!) as tf.Tensor2D;
}

/** The logits as numbers, row by row. */
export function predict(network: Network, points: Float32Array): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor2d(points, [points.length / 2, 2]);
    return forward(network, x).dataSync() as Float32Array;
  });
}

/** The weights as arrays. */
export function read(network: Network): Arrays {
  const values = Object.entries(network).map(([name, v]) => [name, v.dataSync() as Float32Array]);
  return Object.fromEntries(values) as Arrays;
}

/** Sets the weights. */
export function load(network: Network, arrays: Readonly<Record<string, ArrayLike<number>>>): void {
  for (const [name, v] of Object.entries(network)) {
    tf.tidy(() => v.assign(tf.tensor(Float32Array.from(arrays[name]!), v.shape)));
  }
}
