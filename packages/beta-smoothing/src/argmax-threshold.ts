import { checkNumber } from "@sd/math";

/**
 * The draw below which a target's largest entry is no longer the label's, `(β − (k−1)) / (β k)`, or 0
 * if no draw can do that.
 *
 * It is positive where `k < β + 1`: with k = 2 and β = 1.5 every b < 1/6 turns the label around.
 *
 * @param classes - k ≥ 2.
 * @param beta - The prior's mass, finite, ≥ 0.
 * @returns In [0, 1/k).
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { argmaxThreshold } from "@sd/beta-smoothing";
 *
 * console.log(argmaxThreshold(2, 1.5).toFixed(6), argmaxThreshold(10, 1.5)); // 0.166667 0
 * ```
 */
export function argmaxThreshold(classes: number, beta: number): number {
  checkNumber("argmaxThreshold", "classes", classes, { min: 2, integer: true });
  checkNumber("argmaxThreshold", "beta", beta, { min: 0 });
  return beta > classes - 1 ? (beta - (classes - 1)) / (beta * classes) : 0;
}
