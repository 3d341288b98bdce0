// Batch normalisation of pooling and of 1 × 1 depthwise convolutions, which scale and move each channel in one pass. Means
// over the batch are the mean of every image, pooled, and a product with a row of ones: tfjs's own gradient copies the
// statistics to the size of the batch instead.
import * as tf from "@tensorflow/tfjs";
import type { BatchNormResult, RunningStatistics } from "./batch-norm.ts";

/** Training on engines that have no operation for it; see {@link batchNorm}. */
export function composedBatchNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  running?: RunningStatistics,
): BatchNormResult {
  return tf.tidy(() => {
    const result = compute(x, scale, offset, epsilon);
    if (running === undefined) return result;
    const { output, mean, variance } = result;
    const towards = (old: tf.Tensor1D, batch: tf.Tensor1D): tf.Tensor1D =>
      tf.add(tf.mul(old, 1 - running.momentum), tf.mul(batch, running.momentum));
    return {
      output,
      mean: towards(running.mean, mean),
      variance: towards(running.variance, variance),
    } as BatchNormResult & tf.NamedTensorMap;
  });
}

function compute(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): BatchNormResult & tf.NamedTensorMap {
  const count = x.size / x.shape[3];

  // The statistics are computed on data that the gradient does not know of.
  const data = detached(x) as tf.Tensor4D;
  const mean = channelMean(data);
  const centred = affine(data, tf.onesLike(mean), tf.neg(mean));
  const variance = channelMean(tf.square(centred));

  const normalise = tf.customGrad((_, weight, bias, save) => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon)) as tf.Tensor1D;
    const factor = tf.mul(weight as tf.Tensor1D, inverse) as tf.Tensor1D;
    const value = affine(centred, factor, bias as tf.Tensor1D);
    (save as tf.GradSaveFunc)([centred, inverse, factor]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [deviation, inv, slope] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
      const d = dy as tf.Tensor4D;
      const meanOffset = channelMean(d);
      const covariance = channelMean(tf.mul(d, deviation));
      // dx = slope · (d − meanOffset − deviation · covariance / variance)
      const minus = tf.neg(slope);
      const pull = tf.mul(minus, tf.mul(covariance, tf.square(inv))) as tf.Tensor1D;
      const rest = affine(deviation, pull, tf.mul(minus, meanOffset));
      const dx = tf.add(affine(d, slope), rest);
      const dscale = tf.mul(tf.mul(covariance, inv), count);
      return [dx, dscale, tf.mul(meanOffset, count)];
    };
    return { value, gradFunc };
  });

  return {
    output: normalise(x, scale, offset) as tf.Tensor4D,
    mean,
    variance: tf.mul(variance, count / (count - 1)),
  };
}

/** `[n, h, w, c]` → `[c]` */
function channelMean(x: tf.Tensor4D): tf.Tensor1D {
  const [images, height, width, channels] = x.shape;
  const means = tf.avgPool(x, [height, width], 1, "valid");
  const rows = tf.reshape(means, [images, channels]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(tf.fill([1, images], 1 / images), rows), [channels]);
}

/** x · factor + term, with one factor and one term a channel. */
function affine(x: tf.Tensor4D, factor: tf.Tensor1D, term?: tf.Tensor1D): tf.Tensor4D {
  const filter = tf.reshape(factor, [1, 1, x.shape[3], 1]) as tf.Tensor4D;
  if (term === undefined) return tf.depthwiseConv2d(x, filter, 1, "valid");
  return tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: "valid", bias: term });
}

/** A tensor over the same data that no gradient flows through. */
function detached(x: tf.Tensor): tf.Tensor {
  const backend = tf.backend();
  backend.incRef(x.dataId);
  return tf.engine().makeTensorFromDataId(x.dataId, x.shape, x.dtype, backend);
}
