// Softmax and its relatives over rows. Unchecked: arrays have the stated lengths, temperature > 0.
// `out` may be the array that is read.
import type { FloatArray } from "../types.ts";
import { rowSumExp } from "./row-sum-exp.ts";
import { scratchRow } from "./scratch.ts";

/** The largest element of row `i`; NaN in the row is left to the arithmetic that follows. */
export function rowMax(x: FloatArray, i: number, k: number): number {
  let max = -Infinity;
  for (let j = i * k; j < (i + 1) * k; j++) if (x[j]! > max) max = x[j]!;
  return max;
}

/** `out[i] = log Σ_c exp(f_ic / T)`. A row of −∞ gives −∞, one with +∞ gives +∞. */
export function logSumExpInto(
  out: FloatArray,
  logits: FloatArray,
  n: number,
  k: number,
  temperature = 1,
): void {
  for (let i = 0; i < n; i++) {
    const max = rowMax(logits, i, k);
    // An infinite maximum minus itself would be NaN, where the answer is that infinity.
    const pivot = Number.isFinite(max) ? max : 0;
    let total = 0;
    for (let j = i * k; j < (i + 1) * k; j++) total += Math.exp((logits[j]! - pivot) / temperature);
    out[i] = pivot / temperature + Math.log(total);
  }
}

/** `out[i, c] = (f_ic − max)/T − log Σ`: see `logSoftmax`. */
export function logSoftmaxInto(
  out: FloatArray,
  logits: FloatArray,
  n: number,
  k: number,
  temperature = 1,
): void {
  for (let i = 0; i < n; i++) {
    const max = rowMax(logits, i, k);
    const logTotal = Math.log(rowSumExp(logits, i, k, max, temperature));
    for (let j = i * k; j < (i + 1) * k; j++) out[j] = (logits[j]! - max) / temperature - logTotal;
  }
}

/** `out[i, c] = exp((f_ic − max)/T) / Σ`: see `softmax`. */
export function softmaxInto(
  out: FloatArray,
  logits: FloatArray,
  n: number,
  k: number,
  temperature = 1,
): void {
  const row = scratchRow(k);
  for (let i = 0; i < n; i++) {
    const max = rowMax(logits, i, k);
    let total = 0;
    for (let c = 0; c < k; c++) {
      row[c] = Math.exp((logits[i * k + c]! - max) / temperature);
      total += row[c]!;
    }
    for (let c = 0; c < k; c++) out[i * k + c] = row[c]! / total;
  }
}

/**
 * `out[i] = H(softmax(f_i / T)) = log Σ − (Σ d e^d)/Σ` with `d = (f − max)/T`.
 *
 * Both terms are non-negative, so nothing cancels and the entropy is never below 0.
 */
export function softmaxEntropyInto(
  out: FloatArray,
  logits: FloatArray,
  n: number,
  k: number,
  temperature = 1,
): void {
  for (let i = 0; i < n; i++) {
    const max = rowMax(logits, i, k);
    let total = 0;
    let moment = 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      const d = (logits[j]! - max) / temperature;
      const e = Math.exp(d);
      total += e;
      // A masked class is −∞ · 0, whose limit is 0.
      if (e > 0) moment -= d * e;
      else if (Number.isNaN(e)) moment = Number.NaN;
    }
    out[i] = Math.log(total) + moment / total;
  }
}

/** `out[i]` = the first index of the row's maximum; 0 for a row without any (all NaN). */
export function argmaxInto(out: Int32Array, x: FloatArray, n: number, k: number): void {
  for (let i = 0; i < n; i++) {
    let best = 0;
    let max = -Infinity;
    for (let c = 0; c < k; c++) {
      if (x[i * k + c]! > max) {
        max = x[i * k + c]!;
        best = c;
      }
    }
    out[i] = best;
  }
}
