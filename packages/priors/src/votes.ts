// Several people's labels of one example.
import {
  checkNonNegativeFloats,
  checkNumber,
  checkShape,
  DomainError,
  type FloatArray,
  type IntegerArray,
  isFloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import type { PriorOptions } from "./label-priors.ts";
import type { OutOption } from "./out.ts";

/** What smooths the shares of votes. */
export interface VoteOptions {
  /**
   * Votes added to every class, finite and ≥ 0: the mean of the posterior under a symmetric Dirichlet
   * prior of this concentration. @defaultValue 0
   */
  readonly pseudoCount?: number | undefined;
}

function softLabelsInto(
  functionName: string,
  out: FloatArray,
  votes: FloatArray | IntegerArray,
  shape: Shape,
  { n, k, pseudoCount, scale }: { n: number; k: number; pseudoCount: number; scale: number },
): void {
  const isInteger = !isFloatArray(votes) && ArrayBuffer.isView(votes);
  const counts = isInteger ? Float64Array.from(votes) : (votes as FloatArray);
  checkNonNegativeFloats(functionName, "votes", counts, n * k, shape);
  for (let i = 0; i < n; i++) {
    let total = k * pseudoCount;
    for (let j = i * k; j < (i + 1) * k; j++) total += counts[j]!;
    if (total === 0) {
      const detail = `to hold a vote in every row, got none in row ${i}`;
      throw new DomainError(functionName, "votes", detail);
    }
    for (let j = i * k; j < (i + 1) * k; j++) out[j] = (scale * (counts[j]! + pseudoCount)) / total;
  }
}

const checkPseudoCount = (functionName: string, { pseudoCount = 0 }: VoteOptions): number =>
  checkNumber(functionName, "pseudoCount", pseudoCount, { min: 0 });

/**
 * Soft labels from votes, `(v_c + s)/(Σ_j v_j + k s)`.
 *
 * @param votes - [n, k], how often each class was named; integers or floats, ≥ 0.
 * @param shape - The last axis is the class axis.
 * @param options - `pseudoCount`, `out`.
 * @returns [n, k], rows on the simplex.
 * @throws {@link DomainError} also for a row without any vote if `pseudoCount` is 0;
 * {@link TypeMismatchError}, {@link ShapeError}.
 *
 * @example
 * ```ts
 * import { softLabelsFromVotes } from "@sd/priors";
 *
 * console.log(softLabelsFromVotes(Uint8Array.of(9, 3, 0), [1, 3])); // Float64Array(3) [ 0.75, 0.25, 0 ]
 * ```
 */
export function softLabelsFromVotes<Out extends FloatArray = Float64Array>(
  votes: FloatArray | IntegerArray,
  shape: Shape,
  options: VoteOptions & OutOption<Out> = {},
): Out {
  const name = "softLabelsFromVotes";
  const { n, k } = checkShape(name, shape);
  const pseudoCount = checkPseudoCount(name, options);
  const out = resolveOut(name, options.out, n * k, shape);
  softLabelsInto(name, out, votes, shape, { n, k, pseudoCount, scale: 1 });
  return out;
}

/**
 * Human votes as a prior: `a = β s` with the {@link softLabelsFromVotes} s.
 *
 * Where the votes are the label, with no other beside them, take the soft labels themselves: as
 * `labels` of `smoothedTargets`, or as targets.
 *
 * @param votes - [n, k], how often each class was named; integers or floats, ≥ 0.
 * @param shape - The last axis is the class axis.
 * @param options - `beta`, `pseudoCount`, `out`.
 * @returns Excess rows [n, k] of mass β.
 * @throws {@link DomainError} also for a row without any vote if `pseudoCount` is 0;
 * {@link TypeMismatchError}, {@link ShapeError}.
 *
 * Reference: Peterson et al. 2019, arXiv 1908.07086.
 */
export function votePrior<Out extends FloatArray = Float64Array>(
  votes: FloatArray | IntegerArray,
  shape: Shape,
  options: PriorOptions<Out> & VoteOptions,
): Out {
  const name = "votePrior";
  const { n, k } = checkShape(name, shape);
  const scale = checkNumber(name, "beta", options.beta, { min: 0 });
  const pseudoCount = checkPseudoCount(name, options);
  const out = resolveOut(name, options.out, n * k, shape);
  softLabelsInto(name, out, votes, shape, { n, k, pseudoCount, scale });
  return out;
}
