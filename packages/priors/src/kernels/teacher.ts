// Rows of a teacher's probabilities. Unchecked.
import type { FloatArray } from "@sd/math";
import { rowMax } from "@sd/math/kernels";

let row: Float64Array = new Float64Array(0);

/** `out[i, c] = scales[i] · softmax(t_i/T)_c`; `out` may be `logits`. */
export function scaledSoftmaxInto(
  out: FloatArray,
  logits: FloatArray,
  scales: FloatArray,
  n: number,
  k: number,
  temperature: number,
): void {
  if (row.length < k) row = new Float64Array(k);
  const held = row;
  for (let i = 0; i < n; i++) {
    const start = i * k;
    const max = rowMax(logits, i, k);
    let total = 0;
    for (let c = 0; c < k; c++) {
      const e = Math.exp((logits[start + c]! - max) / temperature);
      held[c] = e;
      total += e;
    }
    const factor = scales[i]! / total;
    for (let c = 0; c < k; c++) out[start + c] = factor * held[c]!;
  }
}
