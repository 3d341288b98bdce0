import {
  checkChoice,
  checkFloats,
  checkLogits,
  checkNumber,
  type FloatArray,
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
import { transformedTeacherMatchingInto } from "./kernels/transformed-teacher.ts";

/** What transformed teacher matching needs to know. */
export interface TransformedTeacherMatchingOptions {
  /** Divides the teacher's logits; finite and > 0. @defaultValue 1 */
  readonly temperature?: number | undefined;
  /**
   * `"none"`: TTM; `"powerSum"`: WTTM, each row times `U = Σ_c softmax(t)_c^(1/T)`.
   * @defaultValue "none"
   */
  readonly weighting?: "none" | "powerSum" | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: TransformedTeacherMatchingOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkFloats(functionName, "teacherLogits", teacherLogits, n * k, shape);
  const { temperature = 1, weighting = "none" } = options;
  checkNumber(functionName, "temperature", temperature, { min: 0, aboveMin: true });
  checkChoice(functionName, "weighting", weighting, ["none", "powerSum"]);
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      transformedTeacherMatchingInto(
        out,
        gradOut,
        logits,
        teacherLogits,
        n,
        k,
        temperature,
        weighting,
        weights,
        cotangent,
      ),
  };
}

/**
 * (Weighted) transformed teacher matching, `U · KL(q ‖ p)` with `q = softmax(t/T)` and U = 1 or
 * `Σ_c softmax(t)_c^(1/T)`.
 *
 * Unweighted it is {@link distillation} minus the entropy of q: another value, the same gradient. For
 * T ≥ 1 the weight lies in [1, k^(1−1/T)].
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `weighting`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zheng & Yang 2024, arXiv 2402.11148.
 */
export function transformedTeacherMatching<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: TransformedTeacherMatchingOptions & LossOptions<Out> = {},
): Out {
  return lossValue(
    prepare("transformedTeacherMatching", logits, teacherLogits, shape, options),
    options,
  );
}

/**
 * {@link transformedTeacherMatching} with its gradient `U (p − q)`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `weighting`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function transformedTeacherMatchingValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: TransformedTeacherMatchingOptions & GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("transformedTeacherMatchingValueAndGrad", logits, teacherLogits, shape, options),
    options,
  );
}
