// Batch normalisation of pooling and elementwise operations. Means over the batch are the mean of
// every image, pooled, and a product with a row of ones: tfjs's own gradient copies the statistics to
// the size of the batch instead.
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
  const channels = x.shape[3];
  const count = x.size / channels;
  const columns = (t: tf.Tensor): tf.Tensor2D => tf.reshape(t, [count, channels]);
  const [images, height, width] = x.shape;
  const columnMean = (t: tf.Tensor2D): tf.Tensor1D => {
    const pixels = tf.reshape(t, x.shape) as tf.Tensor4D;
    const means = tf.avgPool(pixels, [height, width], 1, "valid");
    const rows = tf.reshape(means, [images, channels]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(tf.fill([1, images], 1 / images), rows), [channels]);
  };

  // The statistics are computed on data that the gradient does not know of.
  const data = columns(detached(x));
  const mean = columnMean(data);
  const centred = tf.sub(data, mean) as tf.Tensor2D;
  const variance = columnMean(tf.square(centred));

  const normalise = tf.customGrad((_, weight, bias, save) => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const factor = tf.mul(weight as tf.Tensor, inverse);
    const value = tf.add(tf.mul(centred, factor), bias as tf.Tensor);
    (save as tf.GradSaveFunc)([centred, inverse, factor]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [deviation, inv, slope] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      const d = columns(dy);
      const meanOffset = columnMean(d);
      const covariance = columnMean(tf.mul(d, deviation));
      const pull = tf.mul(covariance, tf.square(inv));
      const rest = tf.add(tf.mul(deviation, pull), meanOffset);
      const dx = tf.mul(slope, tf.sub(d, rest));
      const dscale = tf.mul(tf.mul(covariance, inv), count);
      return [tf.reshape(dx, x.shape), dscale, tf.mul(meanOffset, count)];
    };
    return { value: tf.reshape(value, x.shape), gradFunc };
  });

  return {
    output: normalise(x, scale, offset) as tf.Tensor4D,
    mean,
    variance: tf.mul(variance, count / (count - 1)),
  };
}

/** A tensor over the same data that no gradient flows through. */
function detached(x: tf.Tensor): tf.Tensor {
  const backend = tf.backend();
  backend.incRef(x.dataId);
  return tf.engine().makeTensorFromDataId(x.dataId, x.shape, x.dtype, backend);
}
