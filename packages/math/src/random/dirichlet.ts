import { checkNumber, resolveOut } from "../checks.ts";
import { ShapeError } from "../errors.ts";
import { logSoftmaxInto, softmaxInto } from "../kernels/softmax.ts";
import type { FloatArray } from "../types.ts";
import { logGammaVariate } from "./continuous.ts";
import type { Rng } from "./rng.ts";

function drawLogGammas(
  functionName: string,
  rng: Rng,
  concentration: ArrayLike<number>,
): Float64Array {
  if (concentration.length === 0) {
    throw new ShapeError(functionName, "concentration", "to have at least one class, got none");
  }
  return Float64Array.from(concentration, (value) => {
    checkNumber(functionName, "concentration", value, { min: 1e-300 });
    return logGammaVariate(rng, value);
  });
}

/**
 * A draw from the Dirichlet distribution: normalised gammas, formed in log space.
 *
 * With small concentrations all gammas would underflow and 0/0 follow; here the largest is always
 * representable, so the row is on the simplex for any concentration.
 *
 * @param rng - The source of randomness.
 * @param concentration - [k], finite, ≥ 1e-300.
 * @param out - [k], filled and returned instead of a new Float64Array.
 * @returns [k], on the simplex.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { createRng, dirichlet } from "@sd/math/random";
 *
 * const draw = dirichlet(createRng(1), [1e-4, 1e-4, 1e-4]);
 * console.log(draw.reduce((a, b) => a + b)); // 1
 * ```
 */
export function dirichlet<Out extends FloatArray = Float64Array>(
  rng: Rng,
  concentration: ArrayLike<number>,
  out?: Out,
): Out {
  const k = concentration.length;
  const filled = resolveOut("dirichlet", out, k, [k]);
  softmaxInto(filled, drawLogGammas("dirichlet", rng, concentration), 1, k);
  return filled;
}

/** The logarithm of a {@link dirichlet} draw: finite also where the probability underflows. */
export function logDirichlet<Out extends FloatArray = Float64Array>(
  rng: Rng,
  concentration: ArrayLike<number>,
  out?: Out,
): Out {
  const k = concentration.length;
  const filled = resolveOut("logDirichlet", out, k, [k]);
  logSoftmaxInto(filled, drawLogGammas("logDirichlet", rng, concentration), 1, k);
  return filled;
}
