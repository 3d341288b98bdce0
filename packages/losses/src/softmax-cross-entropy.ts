import { checkLabels, checkLogits, type FloatArray, type IntegerArray, type Shape } from "@sd/math";
import { softmaxCrossEntropyInto } from "@sd/math/kernels";
import {
  type GradOptions,
  type LossOptions,
  lossValue,
  lossValueAndGrad,
  type Prepared,
  type ValueAndGrad,
} from "./call.ts";

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      softmaxCrossEntropyInto(out, gradOut, logits, labels, n, k, weights, cotangent),
  };
}

/**
 * Cross-entropy of softmax logits with integer labels, `−log p_y`.
 *
 * A label whose class is masked (logit −∞) costs +∞. Equals
 * `optax.softmax_cross_entropy_with_integer_labels` and PyTorch's `cross_entropy(reduction="none")`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropy } from "@sd/losses";
 *
 * const loss = softmaxCrossEntropy(Float64Array.of(0, 0, 9, 9), Int32Array.of(0, 1), [2, 2]);
 * console.log(loss.every((v) => v === Math.LN2)); // true
 * ```
 */
export function softmaxCrossEntropy<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: LossOptions<Out> = {},
): Out {
  return lossValue(prepare("softmaxCrossEntropy", logits, labels, shape), options);
}

/**
 * {@link softmaxCrossEntropy} with its gradient `p − 1[y]`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function softmaxCrossEntropyValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("softmaxCrossEntropyValueAndGrad", logits, labels, shape),
    options,
  );
}
