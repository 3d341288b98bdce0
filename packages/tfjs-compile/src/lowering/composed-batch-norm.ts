// Batch normalisation of matrix products and elementwise operations. Sums over the batch are
// products with a row of ones: tfjs's own gradient copies the statistics to the size of the batch
// instead.
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
  const columnMean = (t: tf.Tensor2D): tf.Tensor1D =>
    tf.reshape(tf.matMul(tf.fill([1, count], 1 / count), t), [channels]);

  // The statistics are computed on data that the gradient does not know of.
  const data = columns(detached(x));
  const mean = columnMean(data);
  const variance = columnMean(tf.square(tf.sub(data, mean)));

  const normalise = tf.customGrad((input, weight, bias, save) => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalised = tf.mul(tf.sub(columns(input as tf.Tensor), mean), inverse);
    const value = tf.add(tf.mul(normalised, weight as tf.Tensor), bias as tf.Tensor);
    (save as tf.GradSaveFunc)([normalised, inverse, weight as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [xhat, deviation, gamma] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      const d = columns(dy);
      const meanOffset = columnMean(d);
      const meanScale = columnMean(tf.mul(d, xhat));
      const centred = tf.sub(d, tf.add(meanOffset, tf.mul(xhat, meanScale)));
      const dx = tf.mul(tf.mul(gamma, deviation), centred);
      return [tf.reshape(dx, x.shape), tf.mul(meanScale, count), tf.mul(meanOffset, count)];
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
