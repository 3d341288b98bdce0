import {
  checkFloats,
  checkLabels,
  checkLogits,
  checkNumber,
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
import { decoupledDistillationInto } from "./kernels/decoupled.ts";

/** What decoupled distillation needs to know. */
export interface DecoupledDistillationOptions {
  /** Divides the logits of both sides; finite and > 0. @defaultValue 4 */
  readonly temperature?: number | undefined;
  /** A, the weight of the label-against-the-rest term; finite, ≥ 0. @defaultValue 1 */
  readonly targetWeight?: number | undefined;
  /** B, the weight of the term among the other classes; finite, ≥ 0. @defaultValue 8 */
  readonly nonTargetWeight?: number | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DecoupledDistillationOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  if (k < 2) throw new DomainError(functionName, "shape", `to have at least two classes, got ${k}`);
  checkLabels(functionName, labels, n, k, shape);
  checkFloats(functionName, "teacherLogits", teacherLogits, n * k, shape);
  const { temperature = 4, targetWeight = 1, nonTargetWeight = 8 } = options;
  checkNumber(functionName, "temperature", temperature, { min: 0, aboveMin: true });
  checkNumber(functionName, "targetWeight", targetWeight, { min: 0 });
  checkNumber(functionName, "nonTargetWeight", nonTargetWeight, { min: 0 });
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      decoupledDistillationInto(
        out,
        gradOut,
        logits,
        labels,
        teacherLogits,
        n,
        k,
        temperature,
        targetWeight,
        nonTargetWeight,
        weights,
        cotangent,
      ),
  };
}

/**
 * Decoupled knowledge distillation, `T² (A·TCKD + B·NCKD)`.
 *
 * TCKD is the divergence of (q_y, 1 − q_y) from (p_y, 1 − p_y), NCKD that of the other classes,
 * renormalised, all tempered by T on both sides. A = 1 and B = 1 − q_y is {@link hintonDistillation};
 * with two classes NCKD is 0. The label is left out of the others exactly, not by a large constant.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `targetWeight`, `nonTargetWeight`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhao et al. 2022, arXiv 2203.08679.
 */
export function decoupledDistillation<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DecoupledDistillationOptions & LossOptions<Out> = {},
): Out {
  return lossValue(
    prepare("decoupledDistillation", logits, labels, teacherLogits, shape, options),
    options,
  );
}

/**
 * {@link decoupledDistillation} with its gradient: `T A (p_y − q_y)` on the label, elsewhere
 * `T [−A (p_y − q_y) p̂_c + B (p̂_c − q̂_c)]`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `targetWeight`, `nonTargetWeight`, `weights`, `cotangent`, `out`,
 * `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function decoupledDistillationValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DecoupledDistillationOptions & GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("decoupledDistillationValueAndGrad", logits, labels, teacherLogits, shape, options),
    options,
  );
}
