import {
  checkFloats,
  checkLogits,
  checkNumber,
  DomainError,
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
import { standardisedDistillationInto } from "./kernels/standardised.ts";

/** What logit-standardised distillation needs to know. */
export interface StandardisedDistillationOptions {
  /** Divides the standardised logits of both sides; finite and > 0. */
  readonly temperature: number;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: StandardisedDistillationOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  if (k < 3) {
    const detail = `to have at least three classes (two standardise to the same), got ${k}`;
    throw new DomainError(functionName, "shape", detail);
  }
  checkFloats(functionName, "teacherLogits", teacherLogits, n * k, shape);
  const { temperature } = options;
  checkNumber(functionName, "temperature", temperature, { min: 0, aboveMin: true });
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      standardisedDistillationInto(
        out,
        gradOut,
        logits,
        teacherLogits,
        n,
        k,
        temperature,
        weights,
        cotangent,
      ),
  };
}

/**
 * Distillation of standardised logits, `T² KL(softmax(z(t)/T) ‖ softmax(z(f)/T))` with
 * `z(x) = (x − mean x)/(s(x) + 1e-7)`, s with divisor k − 1.
 *
 * Invariant to a shift and, up to the 1e-7, to a positive scale of either side. A row of equal logits
 * has z = 0 and gradient 0. With two classes z is ±1/√2 whatever the logits: refused. Logits must be
 * finite: a masked class has no deviation.
 *
 * @param logits - [n, k], the student's; finite.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Sun et al. 2024, arXiv 2403.01427; the divisor and the guard are its public code's.
 */
export function standardisedDistillation<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: StandardisedDistillationOptions & LossOptions<Out>,
): Out {
  return lossValue(
    prepare("standardisedDistillation", logits, teacherLogits, shape, options),
    options,
  );
}

/**
 * {@link standardisedDistillation} with its gradient, `T (p − q)` taken through the standardisation.
 *
 * @param logits - [n, k], the student's; finite.
 * @param teacherLogits - [n, k], constants.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function standardisedDistillationValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  teacherLogits: FloatArray,
  shape: Shape,
  options: StandardisedDistillationOptions & GradOptions<Out>,
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("standardisedDistillationValueAndGrad", logits, teacherLogits, shape, options),
    options,
  );
}
