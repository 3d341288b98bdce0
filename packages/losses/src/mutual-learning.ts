import {
  checkFloats,
  checkLabels,
  checkLogits,
  DomainError,
  type FloatArray,
  type IntegerArray,
  type Shape,
} from "@sd/math";
import {
  type GradOptions,
  type LossOptions,
  lossValue,
  lossValueAndGrad,
  type Prepared,
  type ValueAndGrad,
} from "./call.ts";
import { mutualLearningInto } from "./kernels/mutual-learning.ts";

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  peerLogits: readonly FloatArray[],
  shape: Shape,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  if (peerLogits.length === 0) {
    throw new DomainError(functionName, "peerLogits", "to hold at least one peer, got none");
  }
  for (const [j, peer] of peerLogits.entries()) {
    checkFloats(functionName, `peerLogits[${j}]`, peer, n * k, shape);
  }
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      mutualLearningInto(out, gradOut, logits, labels, peerLogits, n, k, weights, cotangent),
  };
}

/**
 * Deep mutual learning of one of N peers, `−log p_y + 1/(N−1) Σ_j KL(p_j ‖ p)` over the others.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param peerLogits - N−1 ≥ 1 arrays [n, k] of the other peers, constants.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang et al. 2018, arXiv 1706.00384.
 */
export function mutualLearning<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  peerLogits: readonly FloatArray[],
  shape: Shape,
  options: LossOptions<Out> = {},
): Out {
  return lossValue(prepare("mutualLearning", logits, labels, peerLogits, shape), options);
}

/**
 * {@link mutualLearning} with its gradient `p − 1[y] + p − mean_j p_j`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param peerLogits - N−1 ≥ 1 arrays [n, k] of the other peers, constants.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function mutualLearningValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  peerLogits: readonly FloatArray[],
  shape: Shape,
  options: GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("mutualLearningValueAndGrad", logits, labels, peerLogits, shape),
    options,
  );
}
