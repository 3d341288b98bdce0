import * as tf from "@tensorflow/tfjs";
import { DType, isNodeBackend, type NodeBackend, typeAttribute } from "../node-backend.ts";

interface LossAndGradient {
  /** `[n]` */
  readonly loss: tf.Tensor1D;
  /** `[n, k]`: softmax(logits) − targets */
  readonly gradient: tf.Tensor2D;
}

/**
 * Cross-entropy of soft targets, one loss a row: −Σ_c targets[i, c] · log softmax(logits[i])[c].
 *
 * One operation with its gradient on tfjs-node's backend (`SoftmaxCrossEntropyWithLogits`),
 * composed of `tf.logSoftmax` elsewhere. The gradient flows into the logits, where it is
 * softmax(logits) − targets, and never into the targets. First derivatives only.
 *
 * @param logits - `[n, k]`, float32.
 * @param targets - `[n, k]`, float32, rows on the simplex; they are not checked.
 * @returns `[n]`, not reduced.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { softmaxCrossEntropy } from "@sd/tfjs-compile";
 *
 * await tf.setBackend("cpu");
 * const loss = softmaxCrossEntropy(tf.zeros([1, 4]), tf.tensor2d([[1, 0, 0, 0]]));
 * console.log(loss.dataSync()[0]?.toFixed(4)); // 1.3863
 * ```
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const backend = tf.backend();
  const compute = isNodeBackend(backend) ? fused(backend) : composed;
  const op = tf.customGrad((input, save) => {
    const { loss, gradient } = compute(input as tf.Tensor2D, targets);
    (save as tf.GradSaveFunc)([gradient]);
    return {
      value: loss,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved[0]!),
    };
  });
  return op(logits) as tf.Tensor1D;
}

const fused =
  (backend: NodeBackend) =>
  (logits: tf.Tensor2D, targets: tf.Tensor2D): LossAndGradient => {
    const attributes = [typeAttribute(backend.binding, "T", DType.float32)];
    const name = "SoftmaxCrossEntropyWithLogits";
    const outputs = backend.executeMultipleOutputs(name, attributes, [logits, targets], 2);
    return { loss: outputs[0] as tf.Tensor1D, gradient: outputs[1] as tf.Tensor2D };
  };

function composed(logits: tf.Tensor2D, targets: tf.Tensor2D): LossAndGradient {
  const logProbs = tf.logSoftmax(logits);
  return {
    loss: tf.neg(tf.sum(tf.mul(targets, logProbs), 1)),
    gradient: tf.sub(tf.exp(logProbs), targets),
  };
}
