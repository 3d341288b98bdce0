import { createRng, type Rng } from "@sd/math/random";
import type * as tf from "@tensorflow/tfjs";

/** How a tensor lies in PyTorch, whose names and layouts checkpoints use. */
export interface TorchLayout {
  /** The axes of the tfjs tensor after a reshape; its product is the tensor's size. */
  readonly view: readonly number[];
  /** Which axis of `view` each axis of PyTorch's tensor is. */
  readonly permutation: readonly number[];
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  /** PyTorch's element type. @defaultValue "F32" */
  readonly dtype?: "F32" | "I64";
}

/** One tensor of a network. */
export interface TensorSpec {
  /** PyTorch's name: "conv1.weight". */
  readonly name: string;
  /** The shape in tfjs: HWIO for convolutions, [in, out] for dense layers. */
  readonly shape: readonly number[];
  readonly torch: TorchLayout;
}

/**
 * What a parameter is: `norm` are the scales and offsets of normalisations. Weight decay may leave
 * kinds out.
 */
export type ParameterKind = "weight" | "bias" | "norm";

/** One trainable tensor of a network. */
export interface ParameterSpec extends TensorSpec {
  readonly kind: ParameterKind;
  /** Draws the initial values, row-major in `shape`. */
  readonly initialise: (rng: Rng) => Float32Array;
}

/** One tensor that the forward pass keeps up to date itself, in training: a running statistic. */
export interface BufferSpec extends TensorSpec {
  /** What every element is at first. */
  readonly initial: number;
  /** Whether a moving average of the network averages it; a count is taken over as it is. */
  readonly averaged: boolean;
}

/** The tensors of a network by name, parameters and buffers. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/**
 * How a forward pass runs. In training, normalisation is by the statistics of the batch, and
 * `update` is handed the new value of each buffer; in evaluation it is by the buffers.
 */
export type Mode =
  | { readonly training: false }
  | { readonly training: true; readonly update: (buffer: string, value: tf.Tensor) => void };

/** The mode in which predictions are made. */
export const EVALUATION: Mode = { training: false };

/** A network: what it is made of, and its forward pass as a plain function of its weights. */
export interface Model {
  readonly name: string;
  /** In PyTorch's order. */
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly BufferSpec[];
  /** The shape of one input image, [h, w, c]. */
  readonly input: readonly [number, number, number];
  readonly classes: number;
  /** `[m, h, w, c]` images → `[m, k]` logits. */
  forward(weights: Weights, images: tf.Tensor4D, mode: Mode): tf.Tensor2D;
}

/** What a network is made for. */
export interface ModelShape {
  readonly input: readonly [number, number, number];
  readonly classes: number;
}

/** How many elements a shape has. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How many numbers are trained. */
export function parameterCount({ parameters }: Pick<Model, "parameters">): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * The initial weights for a seed: each parameter has a stream of its own, named after it; buffers
 * are constant. Networks of one run draw independently, each by its own `purpose`.
 */
export function initialWeights(
  { parameters, buffers }: Pick<Model, "parameters" | "buffers">,
  seed: number,
  generation = 0,
  purpose: "initialise" | "initialise-average" = "initialise",
): Record<string, Float32Array> {
  const rng = createRng(seed).fork(purpose, generation);
  const weights: Record<string, Float32Array> = {};
  for (const { name, initialise } of parameters) weights[name] = initialise(rng.fork(name));
  for (const { name, shape, initial } of buffers) {
    weights[name] = new Float32Array(sizeOf(shape)).fill(initial);
  }
  return weights;
}
