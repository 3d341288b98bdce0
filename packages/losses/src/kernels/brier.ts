import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow } from "./per-row.ts";

/** `Σ_c d_c²`, gradient `2p (d − p·d)` with `d = p − 1[y]`: see `brier`. */
export function brierInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { p }, grad) => {
    const label = labels[i]!;
    // 1 − p_y as the sum of the others keeps its digits once p_y is close to 1.
    let others = 0;
    for (let c = 0; c < k; c++) if (c !== label) others += p[c]!;
    let value = others * others;
    let dot = -p[label]! * others;
    for (let c = 0; c < k; c++) {
      if (c === label) continue;
      value += p[c]! * p[c]!;
      dot += p[c]! * p[c]!;
    }
    if (grad !== null) {
      for (let c = 0; c < k; c++) {
        grad[c] = 2 * p[c]! * ((c === label ? -others : p[c]!) - dot);
      }
    }
    return value;
  });
}
