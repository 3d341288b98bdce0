import { checkChoice, checkFloats, checkLogits, type FloatArray, type Shape } from "@sd/math";
import {
  type GradOptions,
  type LossOptions,
  lossValue,
  lossValueAndGrad,
  type Prepared,
  type ValueAndGrad,
} from "./call.ts";
import { type Direction, klDivergenceInto } from "./kernels/kl-divergence.ts";

/** What the divergence needs to know. */
export interface KlDivergenceOptions {
  /** `"forward"` is KL(q ‖ p), `"reverse"` KL(p ‖ q). @defaultValue "forward" */
  readonly direction?: Direction | undefined;
}

function prepare(
  functionName: string,
  logits: FloatArray,
  logTargets: FloatArray,
  shape: Shape,
  options: KlDivergenceOptions,
): Prepared {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkFloats(functionName, "logTargets", logTargets, n * k, shape);
  const direction = checkChoice(functionName, "direction", options.direction ?? "forward", [
    "forward",
    "reverse",
  ]);
  return {
    functionName,
    shape,
    n,
    k,
    run: (out, gradOut, weights, cotangent) =>
      klDivergenceInto(out, gradOut, logits, logTargets, n, k, direction, weights, cotangent),
  };
}

/**
 * The Kullback–Leibler divergence between fixed probabilities q and the softmax p of the logits:
 * forward `Σ_c q_c log(q_c/p_c)`, reverse `Σ_c p_c log(p_c/q_c)`.
 *
 * `0 · log 0 = 0`; mass where the other side has none gives +∞.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param logTargets - [n, k], log q, each row normalised (as `logSoftmax` returns).
 * @param shape - The last axis is the class axis.
 * @param options - `direction`, `weights`, `out`.
 * @returns [n], one loss a row; `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { klDivergence } from "@sd/losses";
 *
 * const logTargets = Float64Array.of(0, -Infinity); // all mass on the first class
 * const loss = klDivergence(Float64Array.of(0, 0), logTargets, [1, 2]);
 * console.log(loss[0] === Math.LN2); // true
 * ```
 */
export function klDivergence<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  logTargets: FloatArray,
  shape: Shape,
  options: KlDivergenceOptions & LossOptions<Out> = {},
): Out {
  return lossValue(prepare("klDivergence", logits, logTargets, shape, options), options);
}

/**
 * {@link klDivergence} with its gradient: forward `p − q`, reverse `p (log(p/q) − KL)`.
 *
 * @param logits - [n, k], the student's; −∞ masks a class.
 * @param logTargets - [n, k], log q, each row normalised.
 * @param shape - The last axis is the class axis.
 * @param options - `direction`, `weights`, `cotangent`, `out`, `gradOut`.
 * @returns `value` [n] and `grad` [n, k] with respect to the logits.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function klDivergenceValueAndGrad<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  logTargets: FloatArray,
  shape: Shape,
  options: KlDivergenceOptions & GradOptions<Out> = {},
): ValueAndGrad<Out> {
  return lossValueAndGrad(
    prepare("klDivergenceValueAndGrad", logits, logTargets, shape, options),
    options,
  );
}
