import * as tf from "@tensorflow/tfjs";
import { type Initialiser, uniformByFanIn } from "./initialisers.ts";
import type { Layer } from "./layer.ts";
import { vector, weight } from "./parameters.ts";

/** A dense layer. */
export interface DenseOptions {
  readonly inputs: number;
  readonly outputs: number;
  /**
   * The [h, w, c] of the images that are flattened into its input, if they are: PyTorch flattens
   * them channel by channel, tfjs pixel by pixel.
   */
  readonly image?: readonly [number, number, number];
  /** @defaultValue U(±1/√inputs), as PyTorch's */
  readonly initialiseBias?: Initialiser;
}

/** `name.weight` and `name.bias`: [in, out] here, [out, in] in PyTorch. */
export function dense(
  name: string,
  { inputs, outputs, image = [1, 1, inputs], initialiseBias }: DenseOptions,
): Layer {
  const draw = uniformByFanIn(inputs);
  const matrix = `${name}.weight`;
  const offset = `${name}.bias`;
  const shapes = { here: [inputs, outputs], torch: [outputs, inputs] };
  return {
    parameters: [
      weight(matrix, [...image, outputs], shapes, draw),
      vector(offset, "bias", outputs, initialiseBias ?? draw),
    ],
    buffers: [],
    forward(weights, x) {
      const y = tf.matMul(x as tf.Tensor2D, weights[matrix] as tf.Tensor2D);
      return tf.add(y, weights[offset]!);
    },
  };
}
