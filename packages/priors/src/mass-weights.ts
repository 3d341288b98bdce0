import { checkChoice, checkNonNegativeFloats, type FloatArray, resolveOut } from "@sd/math";

/** Options of {@link massWeights}. */
export interface MassWeightsOptions<Out extends FloatArray = Float64Array> {
  /** `"none"`: the mass itself; `"mean"`: divided by its mean over the batch. @defaultValue "none" */
  readonly normalise?: "none" | "mean" | undefined;
  /** [n], filled and returned instead of a new Float64Array; may be `mass`. */
  readonly out?: Out | undefined;
}

/**
 * The row weights that turn cross-entropy against `τ/S` back into the posterior's objective: S, or
 * S divided by its mean, which leaves the scale of the batch's loss alone.
 *
 * Needed where S differs between rows (ω raw, normalised, clipped or batch-normalised); where it is
 * constant, `"mean"` gives ones.
 *
 * @param mass - [n], finite and not negative, as `smoothedTargets` returns it.
 * @param options - `normalise`, `out`.
 * @returns [n]; with `"mean"` their mean is 1.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { massWeights } from "@sd/priors";
 *
 * console.log(massWeights(Float64Array.of(1, 3), { normalise: "mean" })); // Float64Array(2) [ 0.5, 1.5 ]
 * ```
 */
export function massWeights<Out extends FloatArray = Float64Array>(
  mass: FloatArray,
  options: MassWeightsOptions<Out> = {},
): Out {
  const n = mass.length;
  checkNonNegativeFloats("massWeights", "mass", mass, n, [n]);
  const normalise = checkChoice("massWeights", "normalise", options.normalise ?? "none", [
    "none",
    "mean",
  ]);
  const out = resolveOut("massWeights", options.out, n, [n]);
  let mean = 1;
  if (normalise === "mean") {
    mean = 0;
    for (let i = 0; i < n; i++) mean += mass[i]! / n;
  }
  for (let i = 0; i < n; i++) out[i] = mass[i]! / mean;
  return out;
}
