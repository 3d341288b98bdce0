import {
  checkChoice,
  checkNumber,
  checkShape,
  DomainError,
  type FloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { betaSmoothingPriorInto } from "./kernels/beta-smoothing.ts";
import type { PriorOptions } from "./label-priors.ts";
import { checkAnyLabels, type Labels } from "./labels.ts";

/** Options of {@link virtualTeacherPrior}. */
export interface VirtualTeacherPriorOptions<Out extends FloatArray = Float64Array>
  extends PriorOptions<Out> {
  /** a, what the teacher gives the true class, in (0, 1). @defaultValue 0.99 */
  readonly correct?: number | undefined;
  /** τ, finite and > 0. @defaultValue 1 */
  readonly temperature?: number | undefined;
  /**
   * What τ divides: `"logProbs"` u_τ = softmax(log u/τ); `"probs"` softmax(u/τ), as the published code
   * does, also at τ = 1. @defaultValue "logProbs"
   */
  readonly tempered?: "logProbs" | "probs" | undefined;
}

/**
 * A made-up teacher as a prior: `a = β u_τ` with u = a on the label and `(1 − a)/(k − 1)` elsewhere.
 *
 * With `β = λ/(1 − λ)` the convex form is `(1 − λ) CE + λ KL(u_τ ‖ p)` up to a constant: Tf-KD's
 * regulariser with the teacher alone tempered. Its other form tempers the student as well, which is no
 * prior: `hintonDistillation` of `@sd/losses`. The published code divides the divergence by k besides:
 * `β = λ/(k (1 − λ))`. With soft labels the row is the mean of these rows, weighted by the soft label.
 *
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows on the simplex.
 * @param shape - The last axis is the class axis, of at least two classes.
 * @param options - `beta`, `correct`, `temperature`, `tempered`, `out`.
 * @returns Excess rows [n, k] of mass β.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Yuan et al. 2020, arXiv 1909.11723, section 4.
 *
 * @example
 * ```ts
 * import { virtualTeacherPrior } from "@sd/priors";
 *
 * const excess = virtualTeacherPrior(Int32Array.of(1), [1, 3], { beta: 1, correct: 0.8 });
 * console.log([...excess].map((a) => a.toFixed(2)).join(" ")); // 0.10 0.80 0.10
 * ```
 */
export function virtualTeacherPrior<Out extends FloatArray = Float64Array>(
  labels: Labels,
  shape: Shape,
  options: VirtualTeacherPriorOptions<Out>,
): Out {
  const name = "virtualTeacherPrior";
  const { n, k } = checkShape(name, shape);
  if (k < 2) throw new DomainError(name, "shape", `to have at least two classes, got ${k}`);
  checkAnyLabels(name, labels, n, k, shape);
  const { correct = 0.99, temperature = 1, tempered = "logProbs" } = options;
  const open = { min: 0, max: 1, aboveMin: true, belowMax: true };
  const beta = checkNumber(name, "beta", options.beta, { min: 0 });
  checkNumber(name, "correct", correct, open);
  checkNumber(name, "temperature", temperature, { min: 0, aboveMin: true });
  checkChoice(name, "tempered", tempered, ["logProbs", "probs"]);
  const out = resolveOut(name, options.out, n * k, shape);
  const other = (1 - correct) / (k - 1);
  const gap = tempered === "logProbs" ? Math.log(correct / other) : correct - other;
  // u_τ of the label, and of all the others together: 1 − b without the subtraction.
  const b = 1 / (1 + (k - 1) * Math.exp(-gap / temperature));
  const complement = 1 / (1 + Math.exp(gap / temperature) / (k - 1));
  const rows = new Float64Array(n);
  betaSmoothingPriorInto(
    out,
    rows.fill(b),
    rows.map(() => complement),
    labels,
    n,
    k,
    beta,
  );
  return out;
}
