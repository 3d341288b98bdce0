import {
  checkChoice,
  checkFloats,
  checkLabels,
  checkLogits,
  checkNumber,
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
import { distillationTotalInto, type Tempered } from "./kernels/distillation.ts";

/** What the total loss of distillation needs to know. */
export interface DistillationTotalOptions {
  /** The weight of the hard label's term, in [0, 1]; the teacher's term has the rest. */
  readonly hardWeight: number;
  /** Finite and > 0. @defaultValue 1 */
  readonly temperature?: number | undefined;
  /**
   * `"teacher"`: the soft term is `distillation`; `"both"`: it is `hintonDistillation` with T².
   * @defaultValue "teacher"
   */
  readonly tempered?: Tempered | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DistillationTotalOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  checkFloats(functionName, "teacherLogits", teacherLogits, n * k, shape);
  const hardWeight = checkNumber(functionName, "hardWeight", options.hardWeight, {
    min: 0,
    max: 1,
  });
  const temperature = checkNumber(functionName, "temperature", options.temperature ?? 1, {
    min: 0,
    aboveMin: true,
  });
  const tempered = checkChoice(functionName, "tempered", options.tempered ?? "teacher", [
    "teacher",
    "both",
  ]);
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      distillationTotalInto(
        out,
        gradOut,
        logits,
        labels,
        teacherLogits,
        n,
        k,
        hardWeight,
        temperature,
        tempered,
        weights,
        cotangent,
      ),
  };
}

/**
 * The total loss of distillation, `hardWeight · CE + (1 − hardWeight) · soft`.
 *
 * `hardWeight` weights the **label**; code that calls the teacher's weight alpha has the opposite.
 * A weight of 0 switches its term off even where that is infinite.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `hardWeight`, `temperature`, `tempered`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { distillationTotal } from "@sd/losses";
 *
 * const loss = distillationTotal(
 *   Float64Array.of(0, 0),
 *   Int32Array.of(1),
 *   Float64Array.of(3, 1),
 *   [1, 2],
 *   { hardWeight: 0.6, temperature: 4 },
 * );
 * console.log(loss[0]!.toFixed(12)); // 0.693147180560
 * ```
 */
export function distillationTotal<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DistillationTotalOptions & LossOptions<Out>,
): Out {
  return lossValue(
    prepare("distillationTotal", logits, labels, teacherLogits, shape, options),
    options,
  );
}

/**
 * {@link distillationTotal} with its gradient; tempering the teacher only it is
 * `p − (hardWeight · 1[y] + (1 − hardWeight) · q)`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `hardWeight`, `temperature`, `tempered`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function distillationTotalValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: DistillationTotalOptions & GradOptions<Out>,
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("distillationTotalValueAndGrad", logits, labels, teacherLogits, shape, options),
    options,
  );
}
