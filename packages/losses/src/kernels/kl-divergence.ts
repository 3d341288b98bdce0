import type { FloatArray } from "@sd/math";
import { perRow } from "./per-row.ts";

/** `"forward"` is KL(q ‖ p), `"reverse"` KL(p ‖ q), with p the student and q the targets. */
export type Direction = "forward" | "reverse";

/** KL(q ‖ p) with gradient `Q·p − q`, Q = Σ q, or KL(p ‖ q) with `p (log(p/q) − KL)`. */
export function klDivergenceInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  logTargets: FloatArray,
  n: number,
  k: number,
  direction: Direction,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  const forward = direction === "forward";
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    let value = 0;
    let mass = 0;
    for (let c = 0; c < k; c++) {
      const logQ = logTargets[i * k + c]!;
      const q = Math.exp(logQ);
      mass += q;
      const weight = forward ? q : p[c]!;
      if (weight !== 0) value += weight * (forward ? logQ - logP[c]! : logP[c]! - logQ);
    }
    if (grad !== null) {
      for (let c = 0; c < k; c++) {
        const logQ = logTargets[i * k + c]!;
        const reverse = p[c] === 0 ? 0 : p[c]! * (logP[c]! - logQ - value);
        grad[c] = forward ? mass * p[c]! - Math.exp(logQ) : reverse;
      }
    }
    return value;
  });
}
