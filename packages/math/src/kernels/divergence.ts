// Kullback–Leibler divergence of rows given as log-probabilities. Unchecked.
import type { FloatArray } from "../types.ts";

/**
 * `out[i] = KL(u ‖ v) = Σ_c u_c (log u_c − log v_c)` of log-probabilities; classes with u = 0 add 0,
 * and u > 0 where v = 0 gives +∞.
 */
export function klDivergenceInto(
  out: FloatArray,
  logU: FloatArray,
  logV: FloatArray,
  n: number,
  k: number,
): void {
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      const u = Math.exp(logU[j]!);
      if (u !== 0) total += u * (logU[j]! - logV[j]!);
    }
    out[i] = total;
  }
}
