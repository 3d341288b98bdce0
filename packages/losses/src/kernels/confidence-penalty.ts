import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow } from "./per-row.ts";

/** `−log p_y − β H(p)`, gradient `p − 1[y] + β p (log p + H)`: see `confidencePenalty`. */
export function confidencePenaltyInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
  beta: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    const label = labels[i]!;
    let entropy = 0;
    for (let c = 0; c < k; c++) if (p[c] !== 0) entropy -= p[c]! * logP[c]!;
    if (grad !== null) {
      for (let c = 0; c < k; c++) {
        const penalty = p[c] === 0 ? 0 : p[c]! * (logP[c]! + entropy);
        grad[c] = p[c]! - (c === label ? 1 : 0) + beta * penalty;
      }
    }
    return -logP[label]! - beta * entropy;
  });
}
