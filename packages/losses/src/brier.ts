import { checkLabels, checkLogits, type FloatArray, type IntegerArray, type Shape } from "@sd/math";
import {
  type GradOptions,
  type LossOptions,
  lossValue,
  lossValueAndGrad,
  type Prepared,
  type ValueAndGrad,
} from "./call.ts";
import { brierInto } from "./kernels/brier.ts";

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
      brierInto(out, gradOut, logits, labels, n, k, weights, cotangent),
  };
}

/**
 * The Brier score, `Σ_c (p_c − 1[y]_c)²`, in [0, 2].
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Brier 1950, "Verification of forecasts expressed in terms of probability".
 */
export function brier<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: LossOptions<Out> = {},
): Out {
  return lossValue(prepare("brier", logits, labels, shape), options);
}

/**
 * {@link brier} with its gradient `2p (d − p·d)`, `d = p − 1[y]`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function brierValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(prepare("brierValueAndGrad", logits, labels, shape), options);
}
