import {
  checkFloats,
  checkNumber,
  checkShape,
  DomainError,
  type FloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import type { Rng } from "@sd/math/random";
import { checkAnyLabels, type Labels } from "@sd/priors";
import { betaSmoothingTargetsInto } from "@sd/priors/kernels";
import { type AssignmentMode, assignedIndices } from "./assign.ts";
import { sortedBetaWithComplement } from "./sorted-beta.ts";

/** Options of {@link betaSmoothingTargets}. */
export interface BetaSmoothingOptions<Out extends FloatArray = Float64Array> {
  /** a of Beta(a, 1), finite and > 0. */
  readonly a: number;
  /** The prior's mass, finite and ≥ 0. */
  readonly beta: number;
  /** Draws n uniforms, and a permutation in the mode `"shuffled"`. */
  readonly rng: Rng;
  /** @defaultValue "ranked" */
  readonly mode?: AssignmentMode | undefined;
  /** [n, k], filled and returned as `targets` instead of a new Float64Array. */
  readonly out?: Out | undefined;
}

/** What beta smoothing makes of a batch. */
export interface BetaSmoothingTargets<Out extends FloatArray = Float64Array> {
  /** [n, k], rows on the simplex; every row has the mass 1 + β, so no weights are needed. */
  readonly targets: Out;
  /** [n], the draw that each example was given. */
  readonly b: Float64Array;
}

/**
 * The soft targets of beta smoothing for one batch: Beta(a, 1) draws, sorted and assigned by the rank
 * of the confidences, as a prior on top of the label.
 *
 * `τ/S = (1[y] + β b 1[y] + β (1−b)/(k−1) (1 − 1[y])) / (1 + β)`. The batch matters: the rows of two
 * batches together are not those of each.
 *
 * @param confidences - [n], of the averaged model in the true class (`trueClassConfidences`).
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows on the simplex.
 * @param shape - The last axis is the class axis, of at least two classes.
 * @param options - `a`, `beta`, `rng`, `mode`, `out`.
 * @returns `targets` [n, k] and `b` [n].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang & Sabuncu 2020, arXiv 2006.05065, section 5.
 *
 * @example
 * ```ts
 * import { betaSmoothingTargets } from "@sd/beta-smoothing";
 * import { createRng } from "@sd/math/random";
 *
 * const { targets, b } = betaSmoothingTargets(
 *   Float64Array.of(0.9, 0.3),
 *   Int32Array.of(0, 2),
 *   [2, 3],
 *   { a: 3, beta: 1.5, rng: createRng(1) },
 * );
 * console.log(b[0]! > b[1]!, targets[0]! > targets[5]!); // true true
 * ```
 */
export function betaSmoothingTargets<Out extends FloatArray = Float64Array>(
  confidences: FloatArray,
  labels: Labels,
  shape: Shape,
  options: BetaSmoothingOptions<Out>,
): BetaSmoothingTargets<Out> {
  const name = "betaSmoothingTargets";
  const { n, k } = checkShape(name, shape);
  if (k < 2) throw new DomainError(name, "shape", `to have at least two classes, got ${k}`);
  checkFloats(name, "confidences", confidences, n, shape);
  checkAnyLabels(name, labels, n, k, shape);
  const beta = checkNumber(name, "beta", options.beta, { min: 0 });
  const targets = resolveOut(name, options.out, n * k, shape);
  const { a, rng, mode = "ranked" } = options;
  const draws = sortedBetaWithComplement(rng, n, a);
  const indices = assignedIndices(name, confidences, mode, rng);
  const b = new Float64Array(n);
  const complement = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    b[i] = draws.b[indices[i]!]!;
    complement[i] = draws.complement[indices[i]!]!;
  }
  betaSmoothingTargetsInto(targets, b, complement, labels, n, k, beta);
  return { targets, b };
}
