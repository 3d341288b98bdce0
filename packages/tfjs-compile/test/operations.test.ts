// Every differentiable operation that a network is likely to use: value and gradient, called and
// replayed.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../src/index.ts";
import { onNative } from "./engines.ts";
import { wave } from "./networks.ts";

onNative();

type Unary = (x: tf.Tensor4D) => tf.Tensor;

const SHAPE: [number, number, number, number] = [2, 4, 6, 3];
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.abs(x), 0.5);
const filter = (...shape: [number, number, number, number]): tf.Tensor4D =>
  tf.tensor4d(wave(shape, 5), shape);
const perChannel = (seed: number): tf.Tensor1D => tf.tensor1d(wave([3], seed));

const operations: Readonly<Record<string, Unary>> = {
  abs: tf.abs,
  add: (x) => tf.add(x, perChannel(1)),
  addN: (x) => tf.addN([x, tf.mul(x, 2), x]),
  argMax: (x) => tf.mul(tf.cast(tf.argMax(x, -1), "float32"), tf.mean(x, -1)),
  avgPool: (x) => tf.avgPool(x, 2, 2, "valid"),
  batchNorm: (x) => {
    const variance = positive(perChannel(2)) as tf.Tensor1D;
    return tf.batchNorm4d(x, perChannel(1), variance, perChannel(3), perChannel(4));
  },
  cast: (x) => tf.mul(x, tf.cast(tf.cast(perChannel(6), "bool"), "float32")),
  clipByValue: (x) => tf.clipByValue(x, -0.5, 0.5),
  concat: (x) => tf.concat([x, tf.mul(x, 2) as tf.Tensor4D], 3),
  conv2dSame: (x) => tf.conv2d(x, filter(3, 3, 3, 2), 1, "same"),
  conv2dStrided: (x) => tf.conv2d(x, filter(3, 3, 3, 2), 2, "same"),
  cos: tf.cos,
  cumsum: (x) => tf.cumsum(x, 3),
  depthwiseConv2d: (x) => tf.depthwiseConv2d(x, filter(3, 3, 3, 1), 1, "same"),
  div: (x) => tf.div(x, positive(x)),
  elu: tf.elu,
  exp: tf.exp,
  expandDims: (x) => tf.expandDims(x, 2),
  floor: (x) => tf.add(tf.floor(x), x),
  gelu: (x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))),
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  log: (x) => tf.log(positive(x)),
  log1p: (x) => tf.log1p(positive(x)),
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, 3),
  matMul: (x) =>
    tf.matMul(tf.reshape(x, [8, 18]), tf.tensor2d(wave([5, 18], 2), [5, 18]), false, true),
  max: (x) => tf.max(x, [1, 2]),
  maxPool: (x) => tf.maxPool(x, 2, 2, "valid"),
  maximum: (x) => tf.maximum(x, perChannel(3)),
  mean: (x) => tf.mean(x, [1, 2]),
  min: (x) => tf.min(x, 3),
  minimum: (x) => tf.minimum(x, 0.25),
  moments: (x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.add(mean, variance);
  },
  mul: (x) => tf.mul(x, x),
  neg: tf.neg,
  norm: (x) => tf.norm(x, "euclidean", 3),
  oneHot: (x) => tf.mul(x, tf.oneHot(tf.argMax(x, 3), 3)),
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ]),
  pow: (x) => tf.pow(positive(x), 1.5),
  reciprocal: (x) => tf.reciprocal(positive(x)),
  relu: tf.relu,
  relu6: tf.relu6,
  reshape: (x) => tf.reshape(x, [6, -1]),
  reverse: (x) => tf.reverse(x, [1, 2]),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: (x) => tf.mul(tf.sign(x), x),
  sin: tf.sin,
  slice: (x) => tf.slice(x, [0, 1, 0, 0], [2, 2, 3, 3]),
  softmax: (x) => tf.softmax(x),
  softplus: tf.softplus,
  split: (x) => {
    const [a, b, c] = tf.split(x, 3, 3);
    return tf.add(tf.mul(a!, 2), tf.mul(b!, c!));
  },
  sqrt: (x) => tf.sqrt(positive(x)),
  square: tf.square,
  squaredDifference: (x) => tf.squaredDifference(x, perChannel(4)),
  squeeze: (x) => tf.squeeze(tf.expandDims(x, 1)),
  stack: (x) => tf.stack([x, tf.sin(x)], 1),
  sub: (x) => tf.sub(0.5, x),
  sum: (x) => tf.sum(x, 0),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  tanh: tf.tanh,
  tile: (x) => tf.tile(x, [1, 2, 1, 1]),
  transpose: (x) => tf.transpose(x, [0, 3, 1, 2]),
  unstack: (x) => {
    const [a, b] = tf.unstack(x, 0);
    return tf.mul(a!, b!);
  },
  step: (x) => tf.mul(x, tf.step(x)),
  where: (x) => tf.where(tf.greater(tf.ones(SHAPE), perChannel(7)), x, tf.mul(x, 0.1)),
};

describe("replayed as called", () => {
  test.each(Object.keys(operations))("%s", (name) => {
    const operation = operations[name]!;
    const x = tf.variable(tf.tensor4d(wave(SHAPE, 1), SHAPE));
    const entries = {
      step({ image }: { image: tf.Tensor4D }) {
        // The cosine gives every output a weight of its own.
        const loss = (t: tf.Tensor) => tf.sum(tf.cos(operation(t as tf.Tensor4D)));
        return { value: operation(image), gradient: tf.grad(loss)(image) };
      },
    };
    const expected = entries.step({ image: x as unknown as tf.Tensor4D });
    const program = compileProgram({ variables: {}, entries });
    const before = tf.memory().numTensors;
    const actual = program.run("step", { image: x as unknown as tf.Tensor4D });
    expect(tf.memory().numTensors).toBe(before + 2);
    for (const key of ["value", "gradient"] as const) {
      expect(actual[key].shape).toEqual(expected[key].shape);
      expect(actual[key].dtype).toBe(expected[key].dtype);
      // The graph's optimiser may fuse or reorder float32 operations.
      const tolerance = { rtol: 1e-5, atol: 1e-5 };
      expect(actual[key].dataSync()).toBeAllclose(expected[key].dataSync(), tolerance);
    }
    program.dispose();
    x.dispose();
  });
});
