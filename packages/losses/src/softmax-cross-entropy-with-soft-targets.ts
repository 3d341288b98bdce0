import { checkLogits, checkTargets, type FloatArray, type Shape } from "@sd/math";
import { softTargetCrossEntropyInto } from "@sd/math/kernels";
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
  targets: FloatArray,
  shape: Shape,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkTargets(functionName, targets, n, k, shape);
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      softTargetCrossEntropyInto(out, gradOut, logits, targets, n, k, weights, cotangent),
  };
}

/**
 * Cross-entropy of softmax logits with soft targets of any mass, `−Σ_c τ_c log p_c`.
 *
 * The targets need not sum to 1: rows of pseudo-counts `1[y] + α − 1` give the negative log posterior.
 * `0 · log 0 = 0`; a positive target on a masked class costs +∞.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param targets - [n, k], finite and not negative.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropyWithSoftTargets } from "@sd/losses";
 *
 * const targets = Float64Array.of(0.75, 0.25);
 * console.log(softmaxCrossEntropyWithSoftTargets(Float64Array.of(1, 1), targets, [1, 2])[0] === Math.LN2); // true
 * ```
 */
export function softmaxCrossEntropyWithSoftTargets<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  targets: FloatArray,
  shape: Shape,
  options: LossOptions<Out> = {},
): Out {
  return lossValue(prepare("softmaxCrossEntropyWithSoftTargets", logits, targets, shape), options);
}

/**
 * {@link softmaxCrossEntropyWithSoftTargets} with its gradient `S·p − τ`, `S = Σ_c τ_c`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param targets - [n, k], finite and not negative.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function softmaxCrossEntropyWithSoftTargetsValueAndGrad<
  Out extends FloatArray = Float64Array,
>(
  logits: FloatArray,
  targets: FloatArray,
  shape: Shape,
  options: GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("softmaxCrossEntropyWithSoftTargetsValueAndGrad", logits, targets, shape),
    options,
  );
}
