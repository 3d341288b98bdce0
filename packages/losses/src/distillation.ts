import { checkFloats, checkLogits, checkNumber, type FloatArray, type Shape } from "@sd/math";
import {
  type GradOptions,
  type LossOptions,
  lossValue,
  lossValueAndGrad,
  type Prepared,
  type ValueAndGrad,
} from "./call.ts";
import { distillationInto } from "./kernels/distillation.ts";

/** What distillation needs to know. */
export interface DistillationOptions {
  /** Divides the teacher's logits only; finite and > 0. @defaultValue 1 */
  readonly temperature?: number | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DistillationOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkFloats(functionName, "teacherLogits", teacherLogits, n * k, shape);
  const temperature = checkNumber(functionName, "temperature", options.temperature ?? 1, {
    min: 0,
    aboveMin: true,
  });
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      distillationInto(out, gradOut, logits, teacherLogits, n, k, temperature, weights, cotangent),
  };
}

/**
 * Cross-entropy with a teacher's tempered probabilities, `−Σ_c q_c log p_c`, `q = softmax(t/T)`.
 *
 * The temperature acts on the teacher only and there is no factor T²: the convention of
 * self-distillation as label smoothing (arXiv 2006.05065). {@link hintonDistillation} tempers both.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { distillation } from "@sd/losses";
 *
 * const teacher = Float64Array.of(4 * Math.log(3), 0); // softmax(t / 4) = [0.75, 0.25]
 * const loss = distillation(Float64Array.of(0, 0), teacher, [1, 2], { temperature: 4 });
 * console.log(loss[0]!.toFixed(12), Math.LN2.toFixed(12)); // 0.693147180560 0.693147180560
 * ```
 */
export function distillation<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DistillationOptions & LossOptions<Out> = {},
): Out {
  return lossValue(prepare("distillation", logits, teacherLogits, shape, options), options);
}

/**
 * {@link distillation} with its gradient `p − q`; nothing flows into the teacher.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function distillationValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DistillationOptions & GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("distillationValueAndGrad", logits, teacherLogits, shape, options),
    options,
  );
}
