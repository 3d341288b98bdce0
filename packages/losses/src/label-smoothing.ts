import {
  checkChoice,
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
import { labelSmoothingInto, type Spread } from "./kernels/label-smoothing.ts";

/** What label smoothing needs to know. */
export interface LabelSmoothingOptions {
  /** The probability that is taken off the label, in [0, 1]. */
  readonly epsilon: number;
  /** Who receives it: all k classes (PyTorch, Keras, optax) or the k−1 others. @defaultValue "all" */
  readonly spread?: Spread | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: LabelSmoothingOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  const epsilon = checkNumber(functionName, "epsilon", options.epsilon, { min: 0, max: 1 });
  const spread = checkChoice(functionName, "spread", options.spread ?? "all", ["all", "others"]);
  if (spread === "others" && k < 2) {
    throw new DomainError(functionName, "spread", "to be all for a single class, got others");
  }
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      labelSmoothingInto(out, gradOut, logits, labels, n, k, epsilon, spread, weights, cotangent),
  };
}

/**
 * Cross-entropy with the smoothed label: `τ = (1 − ε) 1[y] + ε/k`, or with `spread: "others"`
 * `1 − ε` on the label and `ε/(k−1)` elsewhere.
 *
 * The two are the same loss for `ε_all = ε_others · k/(k−1)`. Masked classes (logit −∞) receive
 * nothing; ε is spread over the others that are not masked.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `epsilon`, `spread`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Szegedy et al. 2016, arXiv 1512.00567, section 7.
 *
 * @example
 * ```ts
 * import { labelSmoothing } from "@sd/losses";
 *
 * const loss = labelSmoothing(Float64Array.of(2, 0), Int32Array.of(0), [1, 2], { epsilon: 0.1 });
 * console.log(loss[0]!.toFixed(6)); // 0.226928
 * ```
 */
export function labelSmoothing<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: LabelSmoothingOptions & LossOptions<Out>,
): Out {
  return lossValue(prepare("labelSmoothing", logits, labels, shape, options), options);
}

/**
 * {@link labelSmoothing} with its gradient `p − τ`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @param options - `epsilon`, `spread`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function labelSmoothingValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: LabelSmoothingOptions & GradOptions<Out>,
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("labelSmoothingValueAndGrad", logits, labels, shape, options),
    options,
  );
}
