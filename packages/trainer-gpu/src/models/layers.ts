// The layers that networks are made of: their parameters, initialised as PyTorch does by default, and their forward pass.
import type { Rng } from "@sd/math/random";
import * as tf from "@tensorflow/tfjs";
import type { ParameterSpec, Weights } from "./model.ts";

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** U(−1/√fanIn, 1/√fanIn), PyTorch's default for weights (Kaiming uniform with a = √5) and biases of convolutions and dense layers. */
const uniformFor =
  (fanIn: number, size: number) =>
  (rng: Rng): Float32Array => {
    const bound = 1 / Math.sqrt(fanIn);
    return Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
  };

function bias(name: string, fanIn: number, size: number): ParameterSpec {
  return {
    name: `${name}.bias`,
    shape: [size],
    torch: { view: [size], permutation: [0], shape: [size] },
    initialise: uniformFor(fanIn, size),
  };
}

/** A square convolution with bias: weight HWIO here, OIHW in PyTorch. */
export function convolutionParameters(
  name: string,
  size: number,
  inputs: number,
  outputs: number,
): ParameterSpec[] {
  const shape = [size, size, inputs, outputs];
  const fanIn = size * size * inputs;
  return [
    {
      name: `${name}.weight`,
      shape,
      torch: { view: shape, permutation: [3, 2, 0, 1], shape: [outputs, inputs, size, size] },
      initialise: uniformFor(fanIn, product(shape)),
    },
    bias(name, fanIn, outputs),
  ];
}

/**
 * A dense layer: weight [in, out] here, [out, in] in PyTorch.
 *
 * @param image - The [h, w, c] of the images that are flattened into its input, if they are: PyTorch flattens them channel by
 * channel, tfjs pixel by pixel.
 */
export function denseParameters(
  name: string,
  inputs: number,
  outputs: number,
  image: readonly [number, number, number] = [1, 1, inputs],
): ParameterSpec[] {
  return [
    {
      name: `${name}.weight`,
      shape: [inputs, outputs],
      torch: { view: [...image, outputs], permutation: [3, 2, 0, 1], shape: [outputs, inputs] },
      initialise: uniformFor(inputs, inputs * outputs),
    },
    bias(name, inputs, outputs),
  ];
}

/** Convolution with stride 1 that keeps height and width. */
export function convolution(weights: Weights, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const y = tf.conv2d(x, weights[`${name}.weight`] as tf.Tensor4D, 1, "same");
  return tf.add(y, weights[`${name}.bias`]!);
}

export function dense(weights: Weights, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const y = tf.matMul(x, weights[`${name}.weight`] as tf.Tensor2D);
  return tf.add(y, weights[`${name}.bias`]!);
}

/** Rows of pixels, [m, h, w, c] → [m, h·w·c]. */
export const flatten = (x: tf.Tensor4D): tf.Tensor2D => tf.reshape(x, [x.shape[0], -1]);

/** Maximum over windows of 2 × 2; an odd last row or column is left out. */
export const maxPool = (x: tf.Tensor4D): tf.Tensor4D => tf.maxPool(x, 2, 2, "valid");
