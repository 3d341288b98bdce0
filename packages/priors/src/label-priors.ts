// The priors that need no teacher: each returns rows of excess concentration a = α − 1.
import {
  checkNonNegativeFloats,
  checkNumber,
  checkShape,
  DomainError,
  type FloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { betaSmoothingPriorInto } from "./kernels/beta-smoothing.ts";
import { checkAnyLabels, checkSimplexRows, type Labels } from "./labels.ts";
import type { OutOption } from "./out.ts";

/** The strength of a prior. */
export interface PriorOptions<Out extends FloatArray = Float64Array> extends OutOption<Out> {
  /** The mass of pseudo-counts added to the one observed label; finite, ≥ 0. */
  readonly beta: number;
}

const checkBeta = (functionName: string, beta: number): number =>
  checkNumber(functionName, "beta", beta, { min: 0 });

/**
 * Label smoothing as a prior: `a_c = β/k` on every class.
 *
 * @param shape - [n, k].
 * @param options - `beta`, `out`.
 * @returns Excess rows [n, k] of mass β.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { labelSmoothingPrior } from "@sd/priors";
 *
 * console.log(labelSmoothingPrior([1, 4], { beta: 2 })); // Float64Array(4) [ 0.5, 0.5, 0.5, 0.5 ]
 * ```
 */
export function labelSmoothingPrior<Out extends FloatArray = Float64Array>(
  shape: Shape,
  options: PriorOptions<Out>,
): Out {
  const { n, k } = checkShape("labelSmoothingPrior", shape);
  const beta = checkBeta("labelSmoothingPrior", options.beta);
  const out = resolveOut("labelSmoothingPrior", options.out, n * k, shape);
  out.fill(beta / k);
  return out;
}

/**
 * Any soft labels as a prior, `a = β s`: past predictions, class-wise means, a virtual teacher,
 * human votes.
 *
 * @param softLabels - [n, k], rows on the simplex (to 1e-3, which float32 sums need).
 * @param shape - The last axis is the class axis.
 * @param options - `beta`, `out`; `out` may be `softLabels`.
 * @returns Excess rows [n, k] of mass β.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function softLabelPrior<Out extends FloatArray = Float64Array>(
  softLabels: FloatArray,
  shape: Shape,
  options: PriorOptions<Out>,
): Out {
  const { n, k } = checkShape("softLabelPrior", shape);
  checkSimplexRows("softLabelPrior", "softLabels", softLabels, n, k, shape);
  const beta = checkBeta("softLabelPrior", options.beta);
  const out = resolveOut("softLabelPrior", options.out, n * k, shape);
  for (let j = 0; j < n * k; j++) out[j] = beta * softLabels[j]!;
  return out;
}

/** Options of {@link betaSmoothingPrior}. */
export interface BetaSmoothingPriorOptions<Out extends FloatArray = Float64Array>
  extends PriorOptions<Out> {
  /** [n], 1 − b where the caller has it more exactly than by subtraction. */
  readonly complement?: FloatArray | undefined;
}

/**
 * Beta smoothing as a prior: `a = β b` on the label, `β (1 − b)/(k − 1)` on each other class.
 *
 * b = 1 adds to the label only, b = 1/k is label smoothing. With soft labels the row is the mean of
 * these rows, weighted by the soft label.
 *
 * @param b - [n], in [0, 1].
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows on the simplex.
 * @param shape - The last axis is the class axis, of at least two classes.
 * @param options - `beta`, `complement`, `out`.
 * @returns Excess rows [n, k] of mass β.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang & Sabuncu 2020, arXiv 2006.05065, section 5.
 *
 * @example
 * ```ts
 * import { betaSmoothingPrior } from "@sd/priors";
 *
 * const excess = betaSmoothingPrior(Float64Array.of(0.5), Int32Array.of(0), [1, 3], { beta: 2 });
 * console.log(excess); // Float64Array(3) [ 1, 0.5, 0.5 ]
 * ```
 */
export function betaSmoothingPrior<Out extends FloatArray = Float64Array>(
  b: FloatArray,
  labels: Labels,
  shape: Shape,
  options: BetaSmoothingPriorOptions<Out>,
): Out {
  const name = "betaSmoothingPrior";
  const { n, k } = checkShape(name, shape);
  if (k < 2) throw new DomainError(name, "shape", `to have at least two classes, got ${k}`);
  checkUnit(name, "b", b, n, shape);
  const { complement } = options;
  if (complement !== undefined) checkUnit(name, "complement", complement, n, shape);
  checkAnyLabels(name, labels, n, k, shape);
  const beta = checkBeta(name, options.beta);
  const out = resolveOut(name, options.out, n * k, shape);
  betaSmoothingPriorInto(out, b, complement ?? null, labels, n, k, beta);
  return out;
}

function checkUnit(
  functionName: string,
  argument: string,
  values: FloatArray,
  n: number,
  shape: Shape,
): void {
  checkNonNegativeFloats(functionName, argument, values, n, shape);
  const above = values.findIndex((value) => value > 1);
  if (above >= 0) {
    const detail = `to lie in [0, 1], got ${values[above]} at index ${above}`;
    throw new DomainError(functionName, argument, detail);
  }
}
