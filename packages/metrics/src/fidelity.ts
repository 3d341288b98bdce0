import { argmax, checkLogits, type FloatArray, logSoftmax, mean, type Shape } from "@sd/math";
import { klDivergenceInto } from "@sd/math/kernels";

/** How closely a student follows its teacher. */
export interface Fidelity {
  /** The share of rows on which both predict the same class. */
  readonly agreement: number;
  /** Mean KL(teacher ‖ student) at temperature 1, in nats. */
  readonly klDivergence: number;
}

/**
 * Agreement of a student with its teacher; fidelity is not generalisation.
 *
 * @param logits - The student's, `[n, k]`.
 * @param teacherLogits - `[n, k]`.
 * @param shape - The last axis is the class axis.
 * @returns NaN for no row.
 * @throws {@link ShapeError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/2106.05945
 *
 * @example
 * ```ts
 * import { fidelity } from "@sd/metrics";
 *
 * const logits = Float32Array.of(1, 0, 0, 2);
 * console.log(fidelity(logits, logits, [2, 2])); // { agreement: 1, klDivergence: 0 }
 * ```
 */
export function fidelity(logits: FloatArray, teacherLogits: FloatArray, shape: Shape): Fidelity {
  const { n, k } = checkLogits("fidelity", logits, shape);
  checkLogits("fidelity", teacherLogits, shape, "teacherLogits");
  const [own, teacher] = [argmax(logits, shape), argmax(teacherLogits, shape)];
  const divergence = new Float64Array(n);
  klDivergenceInto(divergence, logSoftmax(teacherLogits, shape), logSoftmax(logits, shape), n, k);
  return {
    agreement: mean(own.map((c, i) => (c === teacher[i] ? 1 : 0))),
    // Rounding may leave a few units below 0 where both agree.
    klDivergence: n === 0 ? Number.NaN : Math.max(0, mean(divergence)),
  };
}
