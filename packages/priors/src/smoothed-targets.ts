import {
  checkNonNegativeFloats,
  checkShape,
  type FloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { smoothedTargetsInto } from "./kernels/smoothed-targets.ts";
import { checkAnyLabels, type Labels } from "./labels.ts";

/** Options of {@link smoothedTargets}. */
export interface SmoothedTargetsOptions<Out extends FloatArray = Float64Array> {
  /** [n, k], receives the targets; its type decides theirs. May be `excess`. */
  readonly out?: Out | undefined;
  /** [n], receives the masses; may have another type than `out`. */
  readonly massOut?: FloatArray | undefined;
}

/** Soft targets and the mass that was divided out of each row. */
export interface SmoothedTargets<Out extends FloatArray = Float64Array> {
  /** [n, k], τ/S: rows on the simplex. */
  readonly targets: Out;
  /** [n], S = 1 + Σ a. */
  readonly mass: FloatArray;
}

/**
 * The soft targets that a prior implies: `τ/S` with `τ = 1[y] + a` and `S = 1 + Σ_c a_c`.
 *
 * Cross-entropy against these targets, each row times S, is the negative log posterior; without the
 * factor it is the convex form, whose scale does not change with the strength of the prior. Where S
 * differs between rows the two are different objectives: see {@link massWeights}.
 *
 * @param excess - [n, k], a = α − 1, the prior's pseudo-counts; finite and not negative.
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows on the simplex (mixup, CutMix).
 * @param shape - The last axis is the class axis.
 * @param options - `out`, `massOut`.
 * @returns `targets` [n, k] and `mass` [n].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { labelSmoothingPrior, smoothedTargets } from "@sd/priors";
 *
 * const excess = labelSmoothingPrior([1, 4], { beta: 1 });
 * const { targets, mass } = smoothedTargets(excess, Int32Array.of(2), [1, 4]);
 * console.log(targets, mass[0]); // Float64Array(4) [ 0.125, 0.125, 0.625, 0.125 ] 2
 * ```
 */
export function smoothedTargets<Out extends FloatArray = Float64Array>(
  excess: FloatArray,
  labels: Labels,
  shape: Shape,
  options: SmoothedTargetsOptions<Out> = {},
): SmoothedTargets<Out> {
  const { n, k } = checkShape("smoothedTargets", shape);
  checkNonNegativeFloats("smoothedTargets", "excess", excess, n * k, shape);
  checkAnyLabels("smoothedTargets", labels, n, k, shape);
  const targets = resolveOut("smoothedTargets", options.out, n * k, shape);
  const mass = resolveOut("smoothedTargets", options.massOut, n, shape, "massOut");
  smoothedTargetsInto(targets, mass, excess, labels, n, k);
  return { targets, mass };
}
