import {
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
import { focalInto } from "./kernels/focal.ts";

/** What the focal loss needs to know. */
export interface FocalOptions {
  /** The focusing exponent γ, finite and ≥ 0; 0 is cross-entropy. @defaultValue 2 */
  readonly gamma?: number | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: FocalOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  const gamma = checkNumber(functionName, "gamma", options.gamma ?? 2, { min: 0 });
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      focalInto(out, gradOut, logits, labels, n, k, gamma, weights, cotangent),
  };
}

/**
 * The focal loss without class weights, `−(1 − p_y)^γ log p_y`.
 *
 * Not a proper score: its minimiser is not the true distribution unless γ = 0.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `gamma`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Lin et al. 2017, arXiv 1708.02002.
 */
export function focal<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: FocalOptions & LossOptions<Out> = {},
): Out {
  return lossValue(prepare("focal", logits, labels, shape, options), options);
}

/**
 * {@link focal} with its gradient `[(1−p_y)^γ − γ p_y (1−p_y)^(γ−1) log p_y] (p − 1[y])`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `gamma`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function focalValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: FocalOptions & GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(prepare("focalValueAndGrad", logits, labels, shape, options), options);
}
