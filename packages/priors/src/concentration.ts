import { checkNonNegativeFloats, type FloatArray, resolveOut } from "@sd/math";
import type { OutOption } from "./out.ts";

/**
 * The Dirichlet concentration `α = a + 1` of an excess: what the Dirichlet functions here and
 * `mapLoss` of `@sd/losses` take.
 *
 * @param excess - Finite and not negative.
 * @param options - `out`; may be `excess`.
 * @returns As long as `excess`.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function concentrationFromExcess<Out extends FloatArray = Float64Array>(
  excess: FloatArray,
  options: OutOption<Out> = {},
): Out {
  const { length } = excess;
  checkNonNegativeFloats("concentrationFromExcess", "excess", excess, length, [length]);
  const out = resolveOut("concentrationFromExcess", options.out, length, [length]);
  for (let j = 0; j < length; j++) out[j] = excess[j]! + 1;
  return out;
}
