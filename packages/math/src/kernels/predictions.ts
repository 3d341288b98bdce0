// The predicted class of each row. Unchecked: arrays have the stated lengths.
import type { FloatArray, IntegerArray } from "../types.ts";
import { rowSumExp } from "./row-sum-exp.ts";

/**
 * `confidence[i] = 1 / Σ_c exp(f_ic − max)`, the largest probability of row i, and `correct[i]` = 1
 * if the first largest logit is that of `labels[i]`, else 0.
 *
 * A row of NaN gives NaN; among NaN and −∞ only, class 0 counts as the first.
 */
export function predictionsInto(
  confidence: FloatArray,
  correct: Uint8Array,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
): void {
  for (let i = 0; i < n; i++) {
    const start = i * k;
    let max = -Infinity;
    let best = 0;
    for (let c = 0; c < k; c++) {
      const value = logits[start + c]!;
      if (value > max) {
        max = value;
        best = c;
      }
    }
    confidence[i] = 1 / rowSumExp(logits, i, k, max);
    correct[i] = best === labels[i] ? 1 : 0;
  }
}
