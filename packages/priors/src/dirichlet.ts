// The Dirichlet distribution of each row: concentrations [n, k], all finite and > 0.
import {
  checkFloats,
  checkPositiveFloats,
  checkShape,
  type FloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { digamma, lbeta } from "@sd/math/special";
import type { OutOption } from "./out.ts";

/** Checks a shape and the concentrations that have it. */
export function checkConcentration(
  functionName: string,
  concentration: FloatArray,
  shape: Shape,
  argument = "concentration",
): { n: number; k: number } {
  const { n, k } = checkShape(functionName, shape);
  checkPositiveFloats(functionName, argument, concentration, n * k, shape);
  return { n, k };
}

function rowSum(x: FloatArray, i: number, k: number): number {
  let total = 0;
  for (let j = i * k; j < (i + 1) * k; j++) total += x[j]!;
  return total;
}

/** `ln B(α) = Σ ln Γ(α_c) − ln Γ(Σ α_c)` of row i, telescoped into `ln B` of two arguments each. */
function logNormalizer(concentration: FloatArray, i: number, k: number): number {
  let before = concentration[i * k]!;
  let value = 0;
  for (let j = i * k + 1; j < (i + 1) * k; j++) {
    value += lbeta(before, concentration[j]!);
    before += concentration[j]!;
  }
  return value;
}

/**
 * The mean `α_c / Σα`, which is also the marginal distribution of a label under the prior.
 *
 * With `α = β exp(t/T)` it is `softmax(t/T)` for every T and β.
 *
 * @param concentration - [n, k], finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n, k], rows on the simplex.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { dirichletMean } from "@sd/priors";
 *
 * console.log(dirichletMean(Float64Array.of(1, 3), [1, 2])); // Float64Array(2) [ 0.25, 0.75 ]
 * ```
 */
export function dirichletMean<Out extends FloatArray = Float64Array>(
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("dirichletMean", concentration, shape);
  const out = resolveOut("dirichletMean", options.out, n * k, shape);
  for (let i = 0; i < n; i++) {
    const total = rowSum(concentration, i, k);
    for (let j = i * k; j < (i + 1) * k; j++) out[j] = concentration[j]! / total;
  }
  return out;
}

/**
 * The log density `Σ_c (α_c − 1) log z_c − ln B(α)` at a point given by its logarithm.
 *
 * @param logProbs - [n, k], log z; −∞ (a face of the simplex) gives ±∞ unless α_c = 1 there.
 * @param concentration - [n, k], finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function dirichletLogDensity<Out extends FloatArray = Float64Array>(
  logProbs: FloatArray,
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("dirichletLogDensity", concentration, shape);
  checkFloats("dirichletLogDensity", "logProbs", logProbs, n * k, shape);
  const out = resolveOut("dirichletLogDensity", options.out, n, shape);
  for (let i = 0; i < n; i++) {
    let value = -logNormalizer(concentration, i, k);
    for (let j = i * k; j < (i + 1) * k; j++) {
      const excess = concentration[j]! - 1;
      if (excess !== 0) value += excess * logProbs[j]!;
    }
    out[i] = value;
  }
  return out;
}

/**
 * The differential entropy `ln B(α) + (Σα − k) ψ(Σα) − Σ_c (α_c − 1) ψ(α_c)`, in nats.
 *
 * @param concentration - [n, k], finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function dirichletEntropy<Out extends FloatArray = Float64Array>(
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("dirichletEntropy", concentration, shape);
  const out = resolveOut("dirichletEntropy", options.out, n, shape);
  for (let i = 0; i < n; i++) {
    const whole = digamma(rowSum(concentration, i, k));
    let value = logNormalizer(concentration, i, k);
    for (let j = i * k; j < (i + 1) * k; j++) {
      value += (concentration[j]! - 1) * (whole - digamma(concentration[j]!));
    }
    out[i] = value;
  }
  return out;
}

/**
 * `KL(Dir(α) ‖ Dir(γ)) = ln B(γ) − ln B(α) + Σ_c (α_c − γ_c)(ψ(α_c) − ψ(Σα))`.
 *
 * @param concentration - [n, k], α.
 * @param reference - [n, k], γ.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n], not negative up to rounding.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function dirichletKl<Out extends FloatArray = Float64Array>(
  concentration: FloatArray,
  reference: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("dirichletKl", concentration, shape);
  checkConcentration("dirichletKl", reference, shape, "reference");
  const out = resolveOut("dirichletKl", options.out, n, shape);
  for (let i = 0; i < n; i++) {
    const whole = digamma(rowSum(concentration, i, k));
    let value = logNormalizer(reference, i, k) - logNormalizer(concentration, i, k);
    for (let j = i * k; j < (i + 1) * k; j++) {
      value += (concentration[j]! - reference[j]!) * (digamma(concentration[j]!) - whole);
    }
    out[i] = value;
  }
  return out;
}
