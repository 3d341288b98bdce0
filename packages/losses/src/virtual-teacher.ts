import {
  checkLabels,
  checkNumber,
  checkShape,
  DomainError,
  type FloatArray,
  type IntegerArray,
  resolveOut,
  type Shape,
} from "@sd/math";

/** Options of {@link virtualTeacherLogits}. */
export interface VirtualTeacherOptions<Out extends FloatArray = Float64Array> {
  /** What the teacher gives the true class, in (0, 1). @defaultValue 0.99 */
  readonly correct?: number | undefined;
  /** [n, k], filled and returned instead of a new Float64Array. */
  readonly out?: Out | undefined;
}

/**
 * The logits of a teacher that is made up: `log u` with u = a on the label and `(1−a)/(k−1)` elsewhere.
 *
 * Teacher-free distillation (Tf-KD) is then `(1 − λ) CE + λ R` with R one of
 * `hintonDistillation(f, log u, { temperature: 20, factor: "one" })` (both sides tempered, the paper's),
 * or `transformedTeacherMatching(f, log u, { temperature })` (the teacher only; T = 1: neither).
 *
 * @param labels - [n], integers in 0…k−1.
 * @param shape - The last axis is the class axis, of at least two classes.
 * @param options - `correct`, `out`.
 * @returns [n, k], log-probabilities.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Yuan et al. 2020, arXiv 1909.11723, section 4.
 *
 * @example
 * ```ts
 * import { virtualTeacherLogits } from "@sd/losses";
 *
 * const u = virtualTeacherLogits(Int32Array.of(1), [1, 3], { correct: 0.8 }).map(Math.exp);
 * console.log([...u].map((v) => v.toFixed(2)).join(" ")); // 0.10 0.80 0.10
 * ```
 */
export function virtualTeacherLogits<Out extends FloatArray = Float64Array>(
  labels: IntegerArray,
  shape: Shape,
  options: VirtualTeacherOptions<Out> = {},
): Out {
  const name = "virtualTeacherLogits";
  const { n, k } = checkShape(name, shape);
  if (k < 2) throw new DomainError(name, "shape", `to have at least two classes, got ${k}`);
  checkLabels(name, labels, n, k, shape);
  const correct = checkNumber(name, "correct", options.correct ?? 0.99, {
    min: 0,
    max: 1,
    aboveMin: true,
    belowMax: true,
  });
  const out = resolveOut(name, options.out, n * k, shape);
  out.fill(Math.log1p(-correct) - Math.log(k - 1));
  for (let i = 0; i < n; i++) out[i * k + labels[i]!] = Math.log(correct);
  return out;
}
