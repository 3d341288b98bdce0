import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow } from "./per-row.ts";

/** Over which classes label smoothing spreads ε: all k (PyTorch, Keras, optax) or the k−1 others. */
export type Spread = "all" | "others";

/** `−Σ τ log p` and `p − τ` with τ the smoothed label: see `labelSmoothing`. */
export function labelSmoothingInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
  epsilon: number,
  spread: Spread,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    const label = labels[i]!;
    let classes = 0;
    for (let c = 0; c < k; c++) if (logP[c] !== -Infinity) classes++;
    // With a single class left there are no others to give anything to.
    const share = spread === "all" ? epsilon / classes : classes > 1 ? epsilon / (classes - 1) : 0;
    const own = spread === "all" ? 1 - epsilon + share : 1 - share * (classes - 1);
    let value = 0;
    for (let c = 0; c < k; c++) {
      const target = c === label ? own : logP[c] === -Infinity ? 0 : share;
      if (target !== 0) value -= target * logP[c]!;
      if (grad !== null) grad[c] = p[c]! - target;
    }
    return value;
  });
}
