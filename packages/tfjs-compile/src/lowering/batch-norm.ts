import * as tf from "@tensorflow/tfjs";
import { isNodeBackend } from "../node-backend.ts";
import { composedBatchNorm } from "./composed-batch-norm.ts";
import { fusedBatchNorm } from "./fused-batch-norm.ts";

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /**
   * Added to the variance.
   *
   * @defaultValue 1e-5
   */
  readonly epsilon?: number;
  /**
   * Mean and variance to normalise with, as when evaluating; without them those of the batch are
   * used.
   */
  readonly statistics?: Statistics;
  /**
   * Running statistics to update: `mean` and `variance` of the result are then (1 − momentum) · these
   * + momentum · those of the batch.
   */
  readonly running?: RunningStatistics;
}

/** A number a channel, `[c]` each. */
export interface Statistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** Statistics, and the share of a batch in them, between 0 and 1. */
export interface RunningStatistics extends Statistics {
  readonly momentum: number;
}

/** What {@link batchNorm} returns. */
export interface BatchNormResult {
  /** As the input. */
  readonly output: tf.Tensor4D;
  /** `[c]`, of the batch; or the running mean after it; or the mean that was given. */
  readonly mean: tf.Tensor1D;
  /**
   * `[c]`, of the batch and unbiased (divided by count − 1); or the running one after it; or the variance
   * that was given.
   */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation over the last axis: scale · (x − mean) / √(variance + epsilon) + offset,
 * where the batch is normalised by its biased variance.
 *
 * In training one operation with its gradient on tfjs-node's backend (`FusedBatchNormV3`), composed
 * of column sums elsewhere. `mean` and `variance` of the result are constants to a gradient: they
 * are there to update running statistics, for which PyTorch keeps the unbiased variance too; with
 * `running` that one operation updates them as well. First derivatives only.
 *
 * @param x - `[n, h, w, c]`, float32; in training n·h·w is at least 2.
 * @param scale - `[c]`
 * @param offset - `[c]`
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { batchNorm } from "@sd/tfjs-compile";
 *
 * await tf.setBackend("cpu");
 * const x = tf.tensor4d([1, 2, 3], [3, 1, 1, 1]);
 * const { mean, variance } = batchNorm(x, tf.ones([1]), tf.zeros([1]));
 * console.log(mean.dataSync()[0], variance.dataSync()[0]?.toFixed(3)); // 2 1.000
 * ```
 */
export function batchNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon = 1e-5, statistics, running }: BatchNormOptions = {},
): BatchNormResult {
  if (statistics !== undefined) {
    const { mean, variance } = statistics;
    const output = tf.batchNorm4d(x, mean, variance, offset, scale, epsilon);
    return { output, mean, variance };
  }
  const backend = tf.backend();
  return isNodeBackend(backend)
    ? fusedBatchNorm(x, scale, offset, epsilon, running)
    : composedBatchNorm(x, scale, offset, epsilon, running);
}
