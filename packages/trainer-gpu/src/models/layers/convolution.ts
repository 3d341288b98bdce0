import * as tf from "@tensorflow/tfjs";
import { heNormal, type Initialiser, uniformByFanIn } from "./initialisers.ts";
import type { Layer } from "./layer.ts";
import { vector, weight } from "./parameters.ts";

/** A square convolution, padded by (size − 1) / 2 on every side as PyTorch's networks are. */
export interface ConvolutionOptions {
  /** Odd. */
  readonly size: number;
  readonly inputs: number;
  readonly outputs: number;
  /** @defaultValue 1 */
  readonly stride?: number;
  /** @defaultValue true */
  readonly bias?: boolean;
  /** @defaultValue U(±1/√fanIn), as PyTorch's */
  readonly initialise?: Initialiser;
}

/**
 * `name.weight` and `name.bias`: HWIO here, OIHW in PyTorch.
 *
 * Where the stride is not 1, "same" would pad fewer rows before than after; PyTorch pads alike on
 * both sides.
 */
export function convolution(
  name: string,
  { size, inputs, outputs, stride = 1, bias = true, initialise }: ConvolutionOptions,
): Layer {
  const view = [size, size, inputs, outputs] as const;
  const fanIn = size * size * inputs;
  const draw = initialise ?? uniformByFanIn(fanIn);
  const kernel = `${name}.weight`;
  const offset = `${name}.bias`;
  const side = (size - 1) / 2;
  return {
    parameters: [
      weight(kernel, view, { here: view, torch: [outputs, inputs, size, size] }, draw),
      ...(bias ? [vector(offset, "bias", outputs, uniformByFanIn(fanIn))] : []),
    ],
    buffers: [],
    forward(weights, x) {
      const filter = weights[kernel] as tf.Tensor4D;
      const images = x as tf.Tensor4D;
      const y = convolve(images, filter, stride, side);
      return bias ? tf.add(y, weights[offset]!) : y;
    },
  };
}

/** A convolution as residual and dense networks have them: no bias, N(0, 2 / fanOut). */
export function plainConvolution(
  name: string,
  size: number,
  inputs: number,
  outputs: number,
  stride = 1,
): Layer {
  const initialise = heNormal(size * size * outputs);
  return convolution(name, { size, inputs, outputs, stride, bias: false, initialise });
}

/** A convolution with `side` zeros on every side of the images. */
function convolve(
  images: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: number,
  side: number,
): tf.Tensor4D {
  if (stride === 1) return tf.conv2d(images, filter, 1, "same");
  if (side === 0) return tf.conv2d(images, filter, stride, "valid");
  const sides: Sides = [
    [0, 0],
    [side, side],
    [side, side],
    [0, 0],
  ];
  // tfjs-node has no gradient for convolutions with explicit padding; elsewhere it saves a copy of the images.
  return tf.getBackend() === "tensorflow"
    ? tf.conv2d(tf.pad(images, sides), filter, stride, "valid")
    : tf.conv2d(images, filter, stride, sides);
}

type Sides = Exclude<Parameters<typeof tf.conv2d>[3], string | number>;
