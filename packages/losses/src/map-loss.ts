import {
  checkLabels,
  checkLogits,
  checkPositiveFloats,
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
import { mapLossInto } from "./kernels/map-loss.ts";

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  concentration: FloatArray,
  shape: Shape,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  const shared = n !== 1 && concentration.length === k;
  checkPositiveFloats(functionName, "concentration", concentration, shared ? k : n * k, shape);
  const stride = shared ? 0 : k;
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      mapLossInto(out, gradOut, logits, labels, concentration, stride, n, k, weights, cotangent),
  };
}

/**
 * The negative log posterior of the class probabilities under a Dirichlet prior and one label,
 * `−log p_y − Σ_c (α_c − 1) log p_c`, up to the prior's constant.
 *
 * α = 1 is cross-entropy, `α = 1 + β/k` label smoothing, `α = 1 + β q` self-distillation. Where α < 1
 * the loss is unbounded below.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param concentration - [n, k], or [k] for all rows; finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang & Sabuncu 2020, arXiv 2006.05065, section 4.
 *
 * @example
 * ```ts
 * import { mapLoss, softmaxCrossEntropy } from "@sd/losses";
 *
 * const logits = Float64Array.of(1, 2, 3);
 * const flat = mapLoss(logits, Int32Array.of(0), Float64Array.of(1, 1, 1), [1, 3]);
 * console.log(flat[0] === softmaxCrossEntropy(logits, Int32Array.of(0), [1, 3])[0]); // true
 * ```
 */
export function mapLoss<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  concentration: FloatArray,
  shape: Shape,
  options: LossOptions<Out> = {},
): Out {
  return lossValue(prepare("mapLoss", logits, labels, concentration, shape), options);
}

/**
 * {@link mapLoss} with its gradient `S·p − τ`, `τ = 1[y] + α − 1`, `S = Σ_c τ_c`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param concentration - [n, k], or [k] for all rows; finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function mapLossValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  concentration: FloatArray,
  shape: Shape,
  options: GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("mapLossValueAndGrad", logits, labels, concentration, shape),
    options,
  );
}
