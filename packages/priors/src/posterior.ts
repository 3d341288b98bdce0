import { checkNonNegativeFloats, type FloatArray, resolveOut, type Shape } from "@sd/math";
import { lbeta, lgamma } from "@sd/math/special";
import { checkConcentration } from "./dirichlet.ts";
import type { OutOption } from "./out.ts";

/**
 * The concentration after observing label counts, `α + c`.
 *
 * @param counts - [n, k], finite and not negative; need not be integers.
 * @param concentration - [n, k], finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `out`; may be one of the inputs.
 * @returns [n, k].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function dirichletPosterior<Out extends FloatArray = Float64Array>(
  counts: FloatArray,
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("dirichletPosterior", concentration, shape);
  checkNonNegativeFloats("dirichletPosterior", "counts", counts, n * k, shape);
  const out = resolveOut("dirichletPosterior", options.out, n * k, shape);
  for (let j = 0; j < n * k; j++) out[j] = concentration[j]! + counts[j]!;
  return out;
}

/** `ln Γ(α + c) − ln Γ(α)`, without the cancellation of the two for large α. */
const logRising = (alpha: number, count: number): number =>
  count === 0 ? 0 : lgamma(count) - lbeta(alpha, count);

/**
 * The log probability of a sequence of labels with these counts, the class probabilities integrated
 * out: `ln B(α + c) − ln B(α)`.
 *
 * Of one particular order; add the log multinomial coefficient for the counts alone.
 *
 * @param counts - [n, k], finite and not negative.
 * @param concentration - [n, k], finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n], 0 for rows without counts.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { logMarginalLikelihood } from "@sd/priors";
 *
 * // One label has the probability α_y / Σα.
 * const value = logMarginalLikelihood(Float64Array.of(0, 1), Float64Array.of(3, 1), [1, 2]);
 * console.log(Math.exp(value[0]!).toFixed(12)); // 0.250000000000
 * ```
 */
export function logMarginalLikelihood<Out extends FloatArray = Float64Array>(
  counts: FloatArray,
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("logMarginalLikelihood", concentration, shape);
  checkNonNegativeFloats("logMarginalLikelihood", "counts", counts, n * k, shape);
  const out = resolveOut("logMarginalLikelihood", options.out, n, shape);
  for (let i = 0; i < n; i++) {
    let value = 0;
    let total = 0;
    let alphas = 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      value += logRising(concentration[j]!, counts[j]!);
      total += counts[j]!;
      alphas += concentration[j]!;
    }
    out[i] = value - logRising(alphas, total);
  }
  return out;
}
