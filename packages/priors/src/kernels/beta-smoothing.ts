// Rows of beta smoothing: one value on the label, another on the k − 1 other classes. Unchecked.
import { type FloatArray, isFloatArray } from "@sd/math";
import type { Labels } from "../labels.ts";

/**
 * `own_i` on the label and `other_i` elsewhere, mixed in the proportions of soft labels: with
 * `hard` = 0 the excess itself, with `hard` = 1 the label added and the mass 1 + β divided out.
 */
function rowsInto(
  out: FloatArray,
  b: FloatArray,
  complement: FloatArray | null,
  labels: Labels,
  n: number,
  k: number,
  beta: number,
  hard: 0 | 1,
): void {
  const soft = isFloatArray(labels);
  const mass = hard === 1 ? 1 + beta : 1;
  for (let i = 0; i < n; i++) {
    const start = i * k;
    const own = (hard + beta * b[i]!) / mass;
    const other = (beta * (complement === null ? 1 - b[i]! : complement[i]!)) / (k - 1) / mass;
    if (soft) {
      for (let j = start; j < start + k; j++) {
        out[j] = labels[j]! * own + (1 - labels[j]!) * other;
      }
    } else {
      out.fill(other, start, start + k);
      out[start + labels[i]!] = own;
    }
  }
}

/**
 * The excess of beta smoothing: `β b_i` on the label, `β (1 − b_i)/(k − 1)` elsewhere.
 * `complement` is `1 − b` where the caller has it exactly, or null; soft labels are spread linearly.
 */
export function betaSmoothingPriorInto(
  out: FloatArray,
  b: FloatArray,
  complement: FloatArray | null,
  labels: Labels,
  n: number,
  k: number,
  beta: number,
): void {
  rowsInto(out, b, complement, labels, n, k, beta, 0);
}

/**
 * The targets that this excess implies, in one pass: `(1 + β b_i)/(1 + β)` on the label,
 * `β (1 − b_i)/((k − 1)(1 + β))` elsewhere.
 */
export function betaSmoothingTargetsInto(
  out: FloatArray,
  b: FloatArray,
  complement: FloatArray | null,
  labels: Labels,
  n: number,
  k: number,
  beta: number,
): void {
  rowsInto(out, b, complement, labels, n, k, beta, 1);
}
