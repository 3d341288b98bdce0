import {
  checkFloats,
  checkLabels,
  checkLogits,
  checkNonNegativeFloats,
  DomainError,
  type FloatArray,
  isFloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { softmaxInto } from "@sd/math/kernels";
import type { Labels } from "@sd/priors";

let probs: Float64Array = new Float64Array(0);

/**
 * The probability that a model gives each example's true class, `c = Σ_c y_c p_c`.
 *
 * @param logits - [n, k], of the averaged model on the same augmented batch.
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows of a mixed batch.
 * @param shape - The last axis is the class axis.
 * @param options - `out` of length n.
 * @returns [n], in [0, 1].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { trueClassConfidences } from "@sd/beta-smoothing";
 *
 * const logits = Float64Array.of(0, 0, 5, 5);
 * console.log(trueClassConfidences(logits, Int32Array.of(0, 1), [2, 2])); // Float64Array(2) [ 0.5, 0.5 ]
 * ```
 */
export function trueClassConfidences<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  labels: Labels,
  shape: Shape,
  options: { readonly out?: Out | undefined } = {},
): Out {
  const { n, k } = checkLogits("trueClassConfidences", logits, shape);
  const soft = isFloatArray(labels);
  if (soft) checkNonNegativeFloats("trueClassConfidences", "labels", labels, n * k, shape);
  else checkLabels("trueClassConfidences", labels, n, k, shape);
  const out = resolveOut("trueClassConfidences", options.out, n, shape);
  if (probs.length < n * k) probs = new Float64Array(n * k);
  softmaxInto(probs, logits, n, k);
  for (let i = 0; i < n; i++) {
    if (!soft) {
      out[i] = probs[i * k + labels[i]!]!;
      continue;
    }
    let value = 0;
    for (let j = i * k; j < (i + 1) * k; j++) value += labels[j]! * probs[j]!;
    out[i] = value;
  }
  return out;
}

/**
 * The rank of each confidence in ascending order, 0 the lowest; equal ones keep their order.
 *
 * Any transform that is strictly increasing in floating point leaves the ranks as they are.
 *
 * @param confidences - [n]; log-probabilities or margins do as well. No NaN.
 * @returns [n], a permutation of 0…n−1.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { confidenceRanks } from "@sd/beta-smoothing";
 *
 * console.log(confidenceRanks(Float64Array.of(0.9, 0.2, 0.9, 0.5))); // Int32Array(4) [ 2, 0, 3, 1 ]
 * ```
 */
export function confidenceRanks(confidences: FloatArray): Int32Array {
  const n = confidences.length;
  checkFloats("confidenceRanks", "confidences", confidences, n, [n]);
  const unordered = confidences.findIndex((value) => Number.isNaN(value));
  if (unordered >= 0) {
    throw new DomainError(
      "confidenceRanks",
      "confidences",
      `to be numbers, got NaN at index ${unordered}`,
    );
  }
  const order = Int32Array.from({ length: n }, (_, i) => i);
  // Infinities of one sign would subtract to NaN, hence comparisons.
  order.sort((i, j) => {
    const [a, b] = [confidences[i]!, confidences[j]!];
    return a < b ? -1 : a > b ? 1 : i - j;
  });
  const ranks = new Int32Array(n);
  for (let r = 0; r < n; r++) ranks[order[r]!] = r;
  return ranks;
}
