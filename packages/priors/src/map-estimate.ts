import { checkNonNegativeFloats, type FloatArray, resolveOut, SdError, type Shape } from "@sd/math";
import { checkConcentration } from "./dirichlet.ts";
import type { OutOption } from "./out.ts";

/** A posterior has no unique mode; code `"NO_MODE"`. */
export class NoModeError extends SdError {
  /** The row at fault. */
  readonly row: number;
  /**
   * `"negative"`: a numerator c + α − 1 is below 0, the density is unbounded at that face;
   * `"flat"`: all numerators are 0, every point is as good.
   */
  readonly reason: "negative" | "flat";

  constructor(functionName: string, row: number, reason: "negative" | "flat", detail: string) {
    super("NO_MODE", functionName, "concentration", detail);
    this.name = "NoModeError";
    this.row = row;
    this.reason = reason;
  }
}

/** Fills the rows of out with `numerator_c / Σ numerator`, refusing rows that have no unique mode. */
function modeInto(
  functionName: string,
  out: FloatArray,
  counts: FloatArray | null,
  concentration: FloatArray,
  n: number,
  k: number,
): void {
  // (α − 1) first: it is exact near 1, where α + c may not be.
  const numerator = (j: number): number =>
    concentration[j]! - 1 + (counts === null ? 0 : counts[j]!);
  const sum = counts === null ? "" : "plus counts ";
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      const value = numerator(j);
      if (value < 0) {
        const detail = `${sum}to be at least 1, got ${value + 1} at index ${j}`;
        throw new NoModeError(functionName, i, "negative", detail);
      }
      total += value;
    }
    if (total === 0) {
      throw new NoModeError(functionName, i, "flat", `${sum}to exceed 1 somewhere in row ${i}`);
    }
    for (let j = i * k; j < (i + 1) * k; j++) out[j] = numerator(j) / total;
  }
}

/**
 * The mode of the distribution itself, `(α_c − 1) / Σ_j (α_j − 1)`: {@link mapEstimate} without counts.
 *
 * @param concentration - [n, k], finite and ≥ 1, above 1 somewhere in each row.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n, k], rows on the simplex.
 * @throws {@link NoModeError} if a row has no unique mode; {@link TypeMismatchError},
 * {@link ShapeError}, {@link DomainError}.
 */
export function dirichletMode<Out extends FloatArray = Float64Array>(
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("dirichletMode", concentration, shape);
  const out = resolveOut("dirichletMode", options.out, n * k, shape);
  modeInto("dirichletMode", out, null, concentration, n, k);
  return out;
}

/**
 * The mode of the posterior Dir(α + c): `ẑ_c = (c_c + α_c − 1) / Σ_j (c_j + α_j − 1)`.
 *
 * A mode only if every numerator is ≥ 0 and their sum is positive; the sign of each is tested, since
 * a row of negative numerators would give a plausible looking vector, the minimum. A zero numerator
 * puts the mode on that face of the simplex.
 *
 * @param counts - [n, k], finite and not negative.
 * @param concentration - [n, k], finite and > 0.
 * @param shape - The last axis is the class axis.
 * @param options - `out`.
 * @returns [n, k], rows on the simplex.
 * @throws {@link NoModeError} if a row has no unique mode; {@link TypeMismatchError},
 * {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang & Sabuncu 2020, arXiv 2006.05065, section 4.
 *
 * @example
 * ```ts
 * import { mapEstimate } from "@sd/priors";
 *
 * const concentration = Float64Array.of(1.5, 1.5); // label smoothing with β = 1
 * console.log(mapEstimate(Float64Array.of(1, 0), concentration, [1, 2])); // Float64Array(2) [ 0.75, 0.25 ]
 * ```
 */
export function mapEstimate<Out extends FloatArray = Float64Array>(
  counts: FloatArray,
  concentration: FloatArray,
  shape: Shape,
  options: OutOption<Out> = {},
): Out {
  const { n, k } = checkConcentration("mapEstimate", concentration, shape);
  checkNonNegativeFloats("mapEstimate", "counts", counts, n * k, shape);
  const out = resolveOut("mapEstimate", options.out, n * k, shape);
  modeInto("mapEstimate", out, counts, concentration, n, k);
  return out;
}
