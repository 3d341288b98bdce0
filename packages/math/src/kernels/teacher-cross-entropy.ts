// The loss of distillation with a tempered teacher, fused with its gradient. Unchecked like the
// cross-entropies of cross-entropy.ts, temperature > 0. `gradOut` may be `logits` or `teacherLogits`.
import type { FloatArray, IntegerArray } from "../types.ts";
import { softmaxCrossEntropyInto } from "./cross-entropy.ts";
import { scratchRow } from "./scratch.ts";
import { rowMax } from "./softmax.ts";

/**
 * `out[i] = h (−log p_y) + (1 − h)(−Σ_c q_c log p_c)` with `h = hardWeight` in [0, 1],
 * `p = softmax(f_i)`, `q = softmax(t_i / T)`; `gradOut[i] = p − (h 1[y] + (1 − h) q)`.
 *
 * A term of weight 0 is switched off, also where it is infinite or NaN: h = 0 does not read the
 * labels, h = 1 does not read the teacher.
 */
export function teacherCrossEntropyInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  hardWeight: number,
  temperature: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  if (hardWeight === 1) {
    softmaxCrossEntropyInto(out, gradOut, logits, labels, n, k, weights, cotangent);
    return;
  }
  const softWeight = 1 - hardWeight;
  // The student's exponentials, then the teacher's.
  const row = scratchRow(2 * k);
  for (let i = 0; i < n; i++) {
    const at = i * k;
    const max = rowMax(logits, i, k);
    const teacherMax = rowMax(teacherLogits, i, k);
    let total = 0;
    let teacherTotal = 0;
    let moment = 0;
    for (let c = 0; c < k; c++) {
      const d = logits[at + c]! - max;
      const e = Math.exp(d);
      const q = Math.exp((teacherLogits[at + c]! - teacherMax) / temperature);
      row[c] = e;
      row[k + c] = q;
      total += e;
      teacherTotal += q;
      // 0 · log 0 = 0: a masked class costs nothing unless the teacher asks for it.
      if (q !== 0) moment -= q * d;
    }
    // −log p_c = log Σ − d_c, and the weights of the two terms sum to 1. Nothing cancels: d ≤ 0.
    let value = Math.log(total) + softWeight * (moment / teacherTotal);
    if (hardWeight !== 0) value -= hardWeight * (logits[at + labels[i]!]! - max);
    const weight = weights === null ? 1 : weights[i]!;
    out[i] = weight * value;
    if (gradOut === null) continue;
    const scale = cotangent === null ? weight : weight * cotangent[i]!;
    for (let c = 0; c < k; c++) {
      row[c] = row[c]! / total - softWeight * (row[k + c]! / teacherTotal);
    }
    if (hardWeight !== 0) row[labels[i]!]! -= hardWeight;
    for (let c = 0; c < k; c++) gradOut[at + c] = scale * row[c]!;
  }
}
