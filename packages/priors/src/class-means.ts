// OLS: each class's mean prediction over the rows that were right, as the soft label of its rows.
import {
  checkChoice,
  checkFloats,
  checkLabels,
  checkLogits,
  checkNonNegativeFloats,
  checkNumber,
  checkShape,
  type FloatArray,
  type IntegerArray,
  isFloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { softmaxInto } from "@sd/math/kernels";
import { checkAnyLabels, checkSimplexRows, type Labels } from "./labels.ts";
import type { OutOption } from "./out.ts";

/** Sums over one epoch; plain arrays, fit for a checkpoint. */
export interface ClassSums {
  /** [k, k]: row y holds the sum of the predictions of right rows of class y. */
  readonly sums: FloatArray;
  /** [k]: how many rows that were. */
  readonly counts: FloatArray;
}

function checkSums(functionName: string, { sums, counts }: ClassSums, k: number): void {
  checkNonNegativeFloats(functionName, "sums", sums, k * k, [k, k]);
  checkNonNegativeFloats(functionName, "counts", counts, k, [k]);
}

/**
 * Adds a batch's predictions to the sums of their classes, in place: `softmax(f)` to row y and 1 to
 * its count, for rows whose first largest logit is the label's.
 *
 * @param classSums - Zeros at the start of an epoch.
 * @param logits - [n, k], the student's, as it made them in training.
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function addClassPredictions(
  classSums: ClassSums,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
): void {
  const name = "addClassPredictions";
  const { n, k } = checkLogits(name, logits, shape);
  checkLabels(name, labels, n, k, shape);
  const { sums, counts } = classSums;
  checkFloats(name, "sums", sums, k * k, [k, k]);
  checkFloats(name, "counts", counts, k, [k]);
  const probs = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const y = labels[i]!;
    const row = logits.subarray(i * k, (i + 1) * k);
    const own = row[y]!;
    // Right: none before the label is as large, none after it larger, and it is no NaN.
    if (!row.every((f, c) => (c < y ? f < own : f <= own))) continue;
    softmaxInto(probs, row, 1, k);
    for (let c = 0; c < k; c++) sums[y * k + c]! += probs[c]!;
    counts[y]!++;
  }
}

/**
 * The soft label of each class at the end of an epoch, `S_y = sum_y / count_y`; uniform for a class
 * without a right row.
 *
 * @param classSums - What {@link addClassPredictions} summed up.
 * @param options - `out` of length k²; may be `sums`.
 * @returns [k, k], row y for class y.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang et al. 2021, arXiv 2011.12562, equations 4 and 5.
 *
 * @example
 * ```ts
 * import { addClassPredictions, classMeans } from "@sd/priors";
 *
 * const epoch = { sums: new Float64Array(4), counts: new Float64Array(2) };
 * const logits = Float64Array.of(Math.log(3), 0, 0, 5); // right, wrong
 * addClassPredictions(epoch, logits, Int32Array.of(0, 0), [2, 2]);
 * console.log([...classMeans(epoch)].map((s) => s.toFixed(2)).join(" ")); // 0.75 0.25 0.50 0.50
 * ```
 */
export function classMeans<Out extends FloatArray = Float64Array>(
  classSums: ClassSums,
  options: OutOption<Out> = {},
): Out {
  const { sums, counts } = classSums;
  const k = counts.length;
  checkSums("classMeans", classSums, k);
  const out = resolveOut("classMeans", options.out, k * k, [k, k]);
  for (let j = 0; j < k * k; j++) {
    const count = counts[Math.floor(j / k)]!;
    out[j] = count === 0 ? 1 / k : sums[j]! / count;
  }
  return out;
}

/** `row = Σ_y shares_y · means_y`. */
function mixInto(row: Float64Array, means: FloatArray, shares: FloatArray): void {
  const k = row.length;
  row.fill(0);
  for (let y = 0; y < k; y++) {
    for (let c = 0; c < k; c++) row[c]! += shares[y]! * means[y * k + c]!;
  }
}

/** Options of {@link classMeanPrior}. */
export interface ClassMeanPriorOptions<Out extends FloatArray = Float64Array>
  extends OutOption<Out> {
  /** The prior's mass, finite and ≥ 0; 1 weights label and soft label alike. @defaultValue 1 */
  readonly beta?: number | undefined;
}

/**
 * Class means as a prior: `a = β S_y`, of soft labels `β Σ_c y_c S_c`.
 *
 * Without means, in the first epoch, a = 0: plain cross-entropy. The published code has S = 0 there but
 * keeps dividing by the mass, a loss of `CE/(1 + β)`: give each row the weight that
 * {@link classMeanWeight} returns.
 *
 * @param means - [k, k], of the epoch before; null in the first.
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows on the simplex.
 * @param shape - The last axis is the class axis.
 * @param options - `beta`, `out`.
 * @returns Excess rows [n, k] of mass β, of mass 0 in the first epoch.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zhang et al. 2021, arXiv 2011.12562, equation 3.
 *
 * @example
 * ```ts
 * import { classMeanPrior, smoothedTargets } from "@sd/priors";
 *
 * const labels = Int32Array.of(1);
 * const excess = classMeanPrior(Float64Array.of(0.9, 0.1, 0.5, 0.5), labels, [1, 2]);
 * console.log(smoothedTargets(excess, labels, [1, 2]).targets); // Float64Array(2) [ 0.25, 0.75 ]
 * ```
 */
export function classMeanPrior<Out extends FloatArray = Float64Array>(
  means: FloatArray | null,
  labels: Labels,
  shape: Shape,
  options: ClassMeanPriorOptions<Out> = {},
): Out {
  const name = "classMeanPrior";
  const { n, k } = checkShape(name, shape);
  if (means !== null) checkSimplexRows(name, "means", means, k, k, [k, k]);
  checkAnyLabels(name, labels, n, k, shape);
  const beta = checkNumber(name, "beta", options.beta ?? 1, { min: 0 });
  const out = resolveOut(name, options.out, n * k, shape);
  out.fill(0);
  if (means === null) return out;
  if (isFloatArray(labels)) {
    const row = new Float64Array(k);
    for (let i = 0; i < n; i++) {
      mixInto(row, means, labels.subarray(i * k, (i + 1) * k));
      for (let c = 0; c < k; c++) out[i * k + c] = beta * row[c]!;
    }
  } else {
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < k; c++) out[i * k + c] = beta * means[labels[i]! * k + c]!;
    }
  }
  return out;
}

/** How online label smoothing begins: with cross-entropy, or as its published code does. */
export type FirstEpoch = "crossEntropy" | "paper";

/**
 * The weight of every row of an epoch: 1, but `1/(1 + β)` in a first epoch of the mode `"paper"`.
 *
 * @param means - As {@link classMeanPrior} was given it; null in the first epoch.
 * @param options - `beta`, `firstEpoch` (default `"crossEntropy"`).
 * @returns In (0, 1].
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function classMeanWeight(
  means: FloatArray | null,
  options: {
    readonly beta?: number | undefined;
    readonly firstEpoch?: FirstEpoch | undefined;
  } = {},
): number {
  const { beta = 1, firstEpoch = "crossEntropy" } = options;
  checkNumber("classMeanWeight", "beta", beta, { min: 0 });
  checkChoice("classMeanWeight", "firstEpoch", firstEpoch, ["crossEntropy", "paper"]);
  return means === null && firstEpoch === "paper" ? 1 / (1 + beta) : 1;
}
