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
import { confidencePenaltyInto } from "./kernels/confidence-penalty.ts";

/** What the confidence penalty needs to know. */
export interface ConfidencePenaltyOptions {
  /** The weight of the entropy, finite and ≥ 0. */
  readonly beta: number;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ConfidencePenaltyOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  const beta = checkNumber(functionName, "beta", options.beta, { min: 0 });
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      confidencePenaltyInto(out, gradOut, logits, labels, n, k, beta, weights, cotangent),
  };
}

/**
 * Cross-entropy minus an entropy bonus, `−log p_y − β H(p)`: low entropy is punished.
 *
 * May be negative, and corresponds to no Dirichlet prior.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `beta`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Pereyra et al. 2017, arXiv 1701.06548.
 */
export function confidencePenalty<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ConfidencePenaltyOptions & LossOptions<Out>,
): Out {
  return lossValue(prepare("confidencePenalty", logits, labels, shape, options), options);
}

/**
 * {@link confidencePenalty} with its gradient `p − 1[y] + β p (log p + H)`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `beta`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function confidencePenaltyValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: ConfidencePenaltyOptions & GradOptions<Out>,
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("confidencePenaltyValueAndGrad", logits, labels, shape, options),
    options,
  );
}
