// Softmax cross-entropy fused with its gradient. Unchecked: arrays have the stated lengths, labels
// lie in 0…k−1. Row i of the value is multiplied by weights[i], row i of the gradient by
// weights[i] · cotangent[i]; null stands for ones. `gradOut` may be `logits`.
import type { FloatArray, IntegerArray } from "../types.ts";
import { scratchRow } from "./scratch.ts";
import { rowMax } from "./softmax.ts";

/** `out[i] = −log p_y`, `gradOut[i] = p − 1[y]`. */
export function softmaxCrossEntropyInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  const row = scratchRow(k);
  for (let i = 0; i < n; i++) {
    const at = i * k;
    const max = rowMax(logits, i, k);
    let total = 0;
    for (let c = 0; c < k; c++) {
      row[c] = Math.exp(logits[at + c]! - max);
      total += row[c]!;
    }
    const weight = weights === null ? 1 : weights[i]!;
    const label = labels[i]!;
    out[i] = weight * (Math.log(total) - (logits[at + label]! - max));
    if (gradOut === null) continue;
    const scale = cotangent === null ? weight : weight * cotangent[i]!;
    // The row's own entry is −Σ of the others: 1 − p_y would lose what is left once p_y rounds to 1.
    let others = 0;
    for (let c = 0; c < k; c++) {
      if (c === label) continue;
      const p = row[c]! / total;
      others += p;
      gradOut[at + c] = scale * p;
    }
    gradOut[at + label] = -scale * others;
  }
}

/** `out[i] = −Σ_c τ_c log p_c`, `gradOut[i] = S·p − τ` with `S = Σ_c τ_c`, for any S ≥ 0. */
export function softTargetCrossEntropyInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  targets: FloatArray,
  n: number,
  k: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  const row = scratchRow(k);
  for (let i = 0; i < n; i++) {
    const at = i * k;
    const max = rowMax(logits, i, k);
    let total = 0;
    let mass = 0;
    for (let c = 0; c < k; c++) {
      row[c] = Math.exp(logits[at + c]! - max);
      total += row[c]!;
      mass += targets[at + c]!;
    }
    const logTotal = Math.log(total);
    const weight = weights === null ? 1 : weights[i]!;
    let value = 0;
    for (let c = 0; c < k; c++) {
      const target = targets[at + c]!;
      // 0 · log 0 = 0: a masked class costs nothing unless the target asks for it.
      if (target !== 0) value += target * (logTotal - (logits[at + c]! - max));
    }
    out[i] = weight * value;
    if (gradOut === null) continue;
    const scale = cotangent === null ? weight : weight * cotangent[i]!;
    for (let c = 0; c < k; c++) {
      gradOut[at + c] = scale * (mass * (row[c]! / total) - targets[at + c]!);
    }
  }
}
