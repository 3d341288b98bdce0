// Random numbers that depend on a seed alone, which can be an input of a recorded step.
import * as tf from "@tensorflow/tfjs";
import { DType, isNodeBackend, type NodeBackend, sizeOf, typeAttribute } from "../node-backend.ts";
import { philoxNormal, philoxUniform } from "./philox.ts";

/**
 * Numbers uniform in [0, 1) that depend on the seed alone.
 *
 * TensorFlow's `StatelessRandomUniform` on tfjs-node's backend, the same generator (Philox-4×32-10) in
 * JavaScript elsewhere: the same bits on every engine. In a recorded step the seed is an input, and each
 * run draws anew; one seed gives one draw, so that every use in a step needs a seed of its own.
 *
 * @param shape - Of the result.
 * @param seed - `[2]`, int32, any numbers.
 * @returns float32. It has no gradient.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { statelessUniform } from "@sd/tfjs-compile";
 *
 * await tf.setBackend("cpu");
 * const draw = statelessUniform([2, 2], tf.tensor1d([1, 2], "int32"));
 * console.log([...draw.dataSync()].map((x) => x.toFixed(3)).join(" ")); // 0.844 0.192 0.996 0.160
 * ```
 */
export function statelessUniform(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return draw("StatelessRandomUniform", philoxUniform, shape, seed);
}

/**
 * Standard normal numbers that depend on the seed alone; see {@link statelessUniform}. Engines agree to
 * rounding.
 *
 * @param shape - Of the result.
 * @param seed - `[2]`, int32, any numbers.
 * @returns float32. It has no gradient.
 */
export function statelessNormal(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return draw("StatelessRandomNormal", philoxNormal, shape, seed);
}

/**
 * Dropout whose mask depends on the seed alone: each element is 0 with probability `rate`, else divided by
 * 1 − rate. The mask is the same on every engine.
 *
 * @param x - Any shape, float32.
 * @param rate - In [0, 1).
 * @param seed - `[2]`, int32, any numbers; another one for each layer and step.
 * @returns The same shape; its gradient passes where x does.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: tf.Tensor1D): T {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`dropout: expected \`rate\` to be in [0, 1), got ${rate}`);
  }
  return tf.tidy(() => {
    const kept = tf.cast(tf.greaterEqual(statelessUniform(x.shape, seed), rate), "float32");
    return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
  }) as T;
}

function draw(
  operation: string,
  host: (size: number, seed: Int32Array) => Float32Array,
  shape: readonly number[],
  seed: tf.Tensor1D,
): tf.Tensor {
  if (seed.dtype !== "int32" || seed.rank !== 1 || seed.size !== 2) {
    const got = `${seed.dtype} [${seed.shape}]`;
    throw new RangeError(`${operation}: expected \`seed\` to be int32 of shape [2], got ${got}`);
  }
  const backend = tf.backend();
  if (isNodeBackend(backend)) return onNode(backend, operation, shape, seed);
  const values = host(sizeOf(shape), seed.dataSync() as Int32Array);
  return tf.tensor(values, [...shape], "float32");
}

function onNode(
  backend: NodeBackend,
  operation: string,
  shape: readonly number[],
  seed: tf.Tensor1D,
): tf.Tensor {
  const { binding } = backend;
  const attributes = [
    typeAttribute(binding, "dtype", DType.float32),
    typeAttribute(binding, "T", DType.int32),
    typeAttribute(binding, "Tseed", DType.int32),
  ];
  return tf.tidy(() => {
    const sizes = tf.tensor1d([...shape], "int32");
    return backend.executeSingleOutput(operation, attributes, [sizes, seed]);
  });
}
