// What the kernels here share: how tfjs calls a kernel, and how a kernel computes with tfjs's own
// operations.
import * as tf from "@tensorflow/tfjs";

/** The part of a kernel's call that the kernels of this package read. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: tf.KernelBackend;
}

/**
 * A tensor over the data of a kernel's input. It holds a reference of its own, so that disposing it
 * (`tf.tidy` does) leaves the input as it was.
 */
export function tensorOf(info: tf.TensorInfo, backend: tf.KernelBackend): tf.Tensor4D {
  backend.incRef(info.dataId);
  return tf
    .engine()
    .makeTensorFromDataId(info.dataId, info.shape, info.dtype, backend) as tf.Tensor4D;
}
