// Sums of rows by number: the gradient of a gather, and so of an embedding.
import * as tf from "@tensorflow/tfjs";
import { UnsupportedArgumentError } from "./errors.ts";
import { type KernelCall, tensorOf } from "./kernel.ts";

type Call = KernelCall<
  { readonly x: tf.TensorInfo; readonly segmentIds: tf.TensorInfo },
  { readonly numSegments: number }
>;

/**
 * out[s, …] = Σ_{i: segmentIds[i] = s} x[i, …], for s < `numSegments`; other ids are left out.
 *
 * The rows are scattered, which adds up those with the same id. The kernel that does it writes
 * wherever an id points; ids out of range are sent to one more row, which is cut off.
 */
export function unsortedSegmentSum({ inputs, attrs, backend }: Call): tf.TensorInfo {
  const { numSegments } = attrs;
  const [rows, ...inner] = inputs.x.shape;
  const ids = inputs.segmentIds.shape;
  if (ids.length !== 1 || ids[0] !== rows) {
    throw new UnsupportedArgumentError(
      "UnsortedSegmentSum",
      "segmentIds",
      `expected shape [${rows}], one id for each row, got [${ids.join(", ")}]`,
    );
  }
  return tf.tidy(() => {
    const size = inner.reduce((a, b) => a * b, 1);
    const shape = [numSegments, ...inner];
    if (rows === 0 || size === 0 || numSegments === 0) return tf.zeros(shape, inputs.x.dtype);
    const x = tf.reshape(tensorOf(inputs.x, backend) as tf.Tensor, [rows!, size]);
    const id = tensorOf(inputs.segmentIds, backend) as tf.Tensor;
    const inside = tf.logicalAnd(
      tf.greaterEqual(id, tf.scalar(0, "int32")),
      below(id, numSegments),
    );
    const rest = tf.fill([rows!], numSegments, "int32");
    const target = tf.reshape(tf.where(inside, id, rest), [rows!, 1]);
    const sums = tf.scatterND(target, x, [numSegments + 1, size]);
    return tf.reshape(tf.slice(sums, [0, 0], [numSegments, size]), shape);
  });
}

const below = (id: tf.Tensor, bound: number): tf.Tensor => tf.less(id, tf.scalar(bound, "int32"));
