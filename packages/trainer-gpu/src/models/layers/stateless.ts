// Layers without tensors of their own. Images are [m, h, w, c].
import { relu as rectify } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { type Layer, stateless } from "./layer.ts";

/** max(x, 0). */
export const relu: Layer = stateless(rectify);

/** Rows of pixels, [m, h, w, c] → [m, h·w·c]. */
export const flatten: Layer = stateless((x) => tf.reshape(x, [x.shape[0]!, -1]));

/** Maximum over windows of 2 × 2; an odd last row or column is left out. */
export const maxPool: Layer = stateless((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"));

/** Mean over windows of 2 × 2; an odd last row or column is left out. */
export const averagePool: Layer = stateless((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"));

/** Mean over all pixels, [m, h, w, c] → [m, c]. */
export const globalAveragePool: Layer = stateless((x) => tf.mean(x, [1, 2]));

/**
 * Every `stride`-th row and column, the first included: windows of one pixel, which have a gradient
 * on every engine.
 */
export const subsample = (stride: number): Layer =>
  stateless((x) => tf.avgPool(x as tf.Tensor4D, 1, stride, "valid"));

/** Zeros as further channels, after those that are there. */
export const padChannels = (extra: number): Layer =>
  stateless((x) =>
    tf.pad(x as tf.Tensor4D, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, extra],
    ]),
  );
