import { createRng, type Rng } from "@sd/math/random";
import type * as tf from "@tensorflow/tfjs";

/** How a parameter lies in PyTorch, whose names and layouts checkpoints use. */
export interface TorchLayout {
  /** The axes of the tfjs tensor after a reshape; its product is the tensor's size. */
  readonly view: readonly number[];
  /** Which axis of `view` each axis of PyTorch's tensor is. */
  readonly permutation: readonly number[];
  /** PyTorch's shape. */
  readonly shape: readonly number[];
}

/** One trainable tensor of a network. */
export interface ParameterSpec {
  /** PyTorch's name: "conv1.weight". */
  readonly name: string;
  /** The shape in tfjs: HWIO for convolutions, [in, out] for dense layers. */
  readonly shape: readonly number[];
  readonly torch: TorchLayout;
  /** Draws the initial values, row-major in `shape`. */
  readonly initialise: (rng: Rng) => Float32Array;
}

/** The tensors of a network by name. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/** A network: what it is made of, and its forward pass as a plain function of its weights. */
export interface Model {
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  /** The shape of one input image, [h, w, c]. */
  readonly input: readonly [number, number, number];
  readonly classes: number;
  /** `[m, h, w, c]` images → `[m, k]` logits. */
  forward(weights: Weights, images: tf.Tensor4D): tf.Tensor2D;
}

/** What a network is made for. */
export interface ModelShape {
  readonly input: readonly [number, number, number];
  readonly classes: number;
}

/** How many numbers are trained. */
export function parameterCount({ parameters }: Pick<Model, "parameters">): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** The initial weights for a seed: each parameter has a stream of its own, named after it. */
export function initialWeights(
  { parameters }: Pick<Model, "parameters">,
  seed: number,
  generation = 0,
): Record<string, Float32Array> {
  const rng = createRng(seed).fork("initialise", generation);
  return Object.fromEntries(
    parameters.map(({ name, initialise }) => [name, initialise(rng.fork(name))]),
  );
}
