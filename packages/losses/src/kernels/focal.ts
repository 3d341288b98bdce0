import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow } from "./per-row.ts";

/**
 * `−(1−p_y)^γ log p_y`, gradient `(1−p_y)^γ [1 + γ p_y r] (p − 1[y])` with `r = −log p_y / (1−p_y)`:
 * see `focal`.
 */
export function focalInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
  gamma: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    const label = labels[i]!;
    let others = 0;
    for (let c = 0; c < k; c++) if (c !== label) others += p[c]!;
    const logOwn = others < 0.5 ? Math.log1p(-others) : logP[label]!;
    const modulation = others ** gamma;
    if (grad !== null) {
      // p_y · r, whose limits are 1 at p_y = 1 and 0 at p_y = 0.
      const own = p[label]!;
      const ratio = others === 0 ? 1 : own === 0 ? 0 : (-own * logOwn) / others;
      const slope = modulation * (1 + gamma * ratio);
      for (let c = 0; c < k; c++) grad[c] = slope * (c === label ? -others : p[c]!);
    }
    return -modulation * logOwn;
  });
}
