import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow } from "./per-row.ts";

/** `−log p_y − Σ (α_c − 1) log p_c`, gradient `S·p − τ`; `stride` is k, or 0 for one shared row α. */
export function mapLossInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  concentration: FloatArray,
  stride: number,
  n: number,
  k: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    const label = labels[i]!;
    let mass = 1;
    let value = 0;
    for (let c = 0; c < k; c++) {
      const excess = concentration[i * stride + c]! - 1;
      mass += excess;
      const target = excess + (c === label ? 1 : 0);
      if (target !== 0) value -= target * logP[c]!;
    }
    if (grad !== null) {
      for (let c = 0; c < k; c++) {
        const target = concentration[i * stride + c]! - 1 + (c === label ? 1 : 0);
        grad[c] = mass * p[c]! - target;
      }
    }
    return value;
  });
}
