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
import { hintonDistillationInto } from "./kernels/distillation.ts";

/** What Hinton's distillation needs to know. */
export interface HintonDistillationOptions {
  /** Divides the logits of both sides; finite and > 0. */
  readonly temperature: number;
  /** What the divergence is multiplied by: T², or 1. @defaultValue "squaredTemperature" */
  readonly factor?: "squaredTemperature" | "one" | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: HintonDistillationOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkFloats(functionName, "teacherLogits", teacherLogits, n * k, shape);
  const temperature = checkNumber(functionName, "temperature", options.temperature, {
    min: 0,
    aboveMin: true,
  });
  const factor = checkChoice(functionName, "factor", options.factor ?? "squaredTemperature", [
    "squaredTemperature",
    "one",
  ]);
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      hintonDistillationInto(
        out,
        gradOut,
        logits,
        teacherLogits,
        n,
        k,
        temperature,
        factor,
        weights,
        cotangent,
      ),
  };
}

/**
 * Knowledge distillation with both sides tempered, `T² KL(q ‖ p_T)`, `q = softmax(t/T)`,
 * `p_T = softmax(f/T)`.
 *
 * As T → ∞ it tends to half the squared distance of the centred logits, divided by k.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `factor`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Hinton, Vinyals, Dean 2015, arXiv 1503.02531.
 *
 * @example
 * ```ts
 * import { hintonDistillation } from "@sd/losses";
 *
 * const logits = Float64Array.of(2, 0, 1);
 * const teacher = Float64Array.of(12, 10, 11); // the same probabilities
 * console.log(hintonDistillation(logits, teacher, [1, 3], { temperature: 4 })[0]); // 0
 * ```
 */
export function hintonDistillation<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: HintonDistillationOptions & LossOptions<Out>,
): Out {
  return lossValue(prepare("hintonDistillation", logits, teacherLogits, shape, options), options);
}

/**
 * {@link hintonDistillation} with its gradient `T (p_T − q)`, or `(p_T − q)/T` without the factor.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `factor`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function hintonDistillationValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: HintonDistillationOptions & GradOptions<Out>,
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("hintonDistillationValueAndGrad", logits, teacherLogits, shape, options),
    options,
  );
}
