// Checked functions over rows of logits: thin layers above the kernels.
import { checkLogits, checkNumber, resolveOut } from "./checks.ts";
import {
  argmaxInto,
  logSoftmaxInto,
  logSumExpInto,
  softmaxEntropyInto,
  softmaxInto,
} from "./kernels/softmax.ts";
import type { FloatArray, Shape } from "./types.ts";

/** Options of the functions over rows of logits. */
export interface RowOptions<Out extends FloatArray = Float64Array> {
  /** Divides the logits; finite and > 0. @defaultValue 1 */
  readonly temperature?: number | undefined;
  /** Filled and returned instead of a new Float64Array; may be `logits` where the lengths agree. */
  readonly out?: Out | undefined;
}

const checkTemperature = (functionName: string, temperature: number): number =>
  checkNumber(functionName, "temperature", temperature, { min: 0, aboveMin: true });

/**
 * Log-probabilities of rows of logits, `(f_c − max)/T − log Σ_j exp((f_j − max)/T)`.
 *
 * Subtracting the maximum first keeps full precision for logits of any size; −∞ masks a class
 * (log p = −∞), and a row without a finite maximum is NaN.
 *
 * @param logits - [n, k].
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `out`.
 * @returns [n, k], `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { logSoftmax } from "@sd/math";
 *
 * console.log(logSoftmax(Float64Array.of(1e4, 1e4 - Math.log(3)), [1, 2])[0]!.toFixed(12)); // -0.287682072452
 * ```
 */
export function logSoftmax<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  shape: Shape,
  options: RowOptions<Out> = {},
): Out {
  const { n, k } = checkLogits("logSoftmax", logits, shape);
  const temperature = checkTemperature("logSoftmax", options.temperature ?? 1);
  const out = resolveOut("logSoftmax", options.out, n * k, shape);
  logSoftmaxInto(out, logits, n, k, temperature);
  return out;
}

/**
 * Probabilities of rows of logits, `p_c = exp(f_c/T) / Σ_j exp(f_j/T)`.
 *
 * @param logits - [n, k]; −∞ masks a class (p = 0), a row without a finite maximum is NaN.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `out`.
 * @returns [n, k], `out` if given; rows on the simplex.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { softmax } from "@sd/math";
 *
 * console.log(softmax(Float64Array.of(1e4, 1e4, -Infinity), [1, 3])); // Float64Array(3) [ 0.5, 0.5, 0 ]
 * ```
 */
export function softmax<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  shape: Shape,
  options: RowOptions<Out> = {},
): Out {
  const { n, k } = checkLogits("softmax", logits, shape);
  const temperature = checkTemperature("softmax", options.temperature ?? 1);
  const out = resolveOut("softmax", options.out, n * k, shape);
  softmaxInto(out, logits, n, k, temperature);
  return out;
}

/**
 * `log Σ_c exp(f_c/T)` of each row.
 *
 * @param logits - [n, k]; a row of −∞ gives −∞.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `out` of length n.
 * @returns [n], `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function logSumExp<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  shape: Shape,
  options: RowOptions<Out> = {},
): Out {
  const { n, k } = checkLogits("logSumExp", logits, shape);
  const temperature = checkTemperature("logSumExp", options.temperature ?? 1);
  const out = resolveOut("logSumExp", options.out, n, shape);
  logSumExpInto(out, logits, n, k, temperature);
  return out;
}

/**
 * Shannon entropy, in nats, of the softmax of each row of logits: `H(p) = −Σ_c p_c log p_c`.
 *
 * @param logits - [n, k]; masked classes (−∞) add nothing.
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `out` of length n.
 * @returns [n] in [0, log k] up to rounding above, `out` if given.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { entropy } from "@sd/math";
 *
 * console.log(entropy(Float64Array.of(0, 0, 0, -Infinity), [1, 4])[0] === Math.log(3)); // true
 * ```
 */
export function entropy<Out extends FloatArray = Float64Array>(
  logits: FloatArray,
  shape: Shape,
  options: RowOptions<Out> = {},
): Out {
  const { n, k } = checkLogits("entropy", logits, shape);
  const temperature = checkTemperature("entropy", options.temperature ?? 1);
  const out = resolveOut("entropy", options.out, n, shape);
  softmaxEntropyInto(out, logits, n, k, temperature);
  return out;
}

/**
 * The index of the largest element of each row; of equal ones the first.
 *
 * @param values - [n, k], logits or probabilities; NaN never wins.
 * @param shape - The last axis is the class axis.
 * @returns [n].
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function argmax(values: FloatArray, shape: Shape): Int32Array {
  const { n, k } = checkLogits("argmax", values, shape, "values");
  const out = new Int32Array(n);
  argmaxInto(out, values, n, k);
  return out;
}
