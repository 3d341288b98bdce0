// A tensor over the same data; tfjs's own kernel copies it, and its gradients save many tensors so.
import type * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./kernel.ts";

type Call = KernelCall<{ readonly x: tf.TensorInfo }, object>;

/** `Identity` that counts one reference more instead of copying: no kernel writes to its inputs. */
export function identity({ inputs, backend }: Call): tf.TensorInfo {
  const { dataId, shape, dtype } = inputs.x;
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}
