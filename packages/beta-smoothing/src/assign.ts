import { checkChoice, checkFloats, type FloatArray, resolveOut, TypeMismatchError } from "@sd/math";
import { permutation, type Rng } from "@sd/math/random";
import { confidenceRanks } from "./confidence.ts";

/**
 * Who gets which draw: `"ranked"` the least confident example the smallest b, that is the most
 * smoothing; `"reversed"` and `"shuffled"` are the controls that tell whether the ranking matters.
 */
export type AssignmentMode = "ranked" | "shuffled" | "reversed";

/** Checks an assignment mode. */
export const checkMode = (functionName: string, mode: AssignmentMode): AssignmentMode =>
  checkChoice(functionName, "mode", mode, ["ranked", "shuffled", "reversed"]);

/** Options of {@link assignByRank}. */
export interface AssignOptions<Out extends FloatArray = Float64Array> {
  /** @defaultValue "ranked" */
  readonly mode?: AssignmentMode | undefined;
  /** Needed by `"shuffled"` only. */
  readonly rng?: Rng | undefined;
  /** [n], filled and returned instead of a new Float64Array; not `sortedDraws`. */
  readonly out?: Out | undefined;
}

/** The index into the sorted draws that each example is given. */
export function assignedIndices(
  functionName: string,
  confidences: FloatArray,
  mode: AssignmentMode,
  rng: Rng | undefined,
): Int32Array {
  const n = confidences.length;
  checkMode(functionName, mode);
  if (mode === "shuffled") {
    if (rng === undefined) {
      throw new TypeMismatchError(functionName, "rng", 'to be given for mode "shuffled"');
    }
    return permutation(rng, n);
  }
  const ranks = confidenceRanks(confidences);
  return mode === "ranked" ? ranks : ranks.map((rank) => n - 1 - rank);
}

/**
 * Gives each example one of the sorted draws, by the rank of its confidence.
 *
 * @param sortedDraws - [n], ascending.
 * @param confidences - [n], no NaN; equal ones are ranked in their order.
 * @param options - `mode`, `rng`, `out`.
 * @returns [n], the draws reordered.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { assignByRank } from "@sd/beta-smoothing";
 *
 * const draws = Float64Array.of(0.1, 0.5, 0.9);
 * console.log(assignByRank(draws, Float64Array.of(0.7, 0.2, 0.99))); // Float64Array(3) [ 0.5, 0.1, 0.9 ]
 * ```
 */
export function assignByRank<Out extends FloatArray = Float64Array>(
  sortedDraws: FloatArray,
  confidences: FloatArray,
  options: AssignOptions<Out> = {},
): Out {
  const n = confidences.length;
  checkFloats("assignByRank", "confidences", confidences, n, [n]);
  checkFloats("assignByRank", "sortedDraws", sortedDraws, n, [n]);
  const indices = assignedIndices(
    "assignByRank",
    confidences,
    options.mode ?? "ranked",
    options.rng,
  );
  const out = resolveOut("assignByRank", options.out, n, [n]);
  for (let i = 0; i < n; i++) out[i] = sortedDraws[indices[i]!]!;
  return out;
}
