import * as tf from "@tensorflow/tfjs";
import { DType, isNodeBackend, typeAttribute } from "../node-backend.ts";

/**
 * max(x, 0), with TensorFlow's own gradient where there is one.
 *
 * The gradient passes where x > 0. tfjs composes it of three operations; on tfjs-node's backend
 * this is the pair `Relu`, `ReluGrad`, elsewhere `tf.relu`. First derivatives only.
 *
 * @param x - Any shape, float32.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { relu } from "@sd/tfjs-compile";
 *
 * await tf.setBackend("cpu");
 * const x = tf.tensor1d([-1, 0, 2]);
 * const gradient = tf.grad((t) => tf.sum(relu(t)))(x);
 * console.log(relu(x).dataSync().join(" "), "|", gradient.dataSync().join(" ")); // 0 0 2 | 0 0 1
 * ```
 */
export function relu<T extends tf.Tensor>(x: T): T {
  const backend = tf.backend();
  if (!isNodeBackend(backend)) return tf.relu(x);
  const attributes = [typeAttribute(backend.binding, "T", DType.float32)];
  const op = tf.customGrad((input, save) => {
    const value = backend.executeSingleOutput("Relu", attributes, [input as tf.Tensor]);
    (save as tf.GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backend.executeSingleOutput("ReluGrad", attributes, [dy, saved[0]!]),
    };
  });
  return op(x) as T;
}
