import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow, teacherRow } from "./per-row.ts";

/** `−log p_y + mean_j KL(p_j ‖ p)` over the peers: see `mutualLearning`. */
export function mutualLearningInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  peerLogits: readonly FloatArray[],
  n: number,
  k: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  const peers = peerLogits.length;
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    const label = labels[i]!;
    let divergence = 0;
    if (grad !== null) {
      for (let c = 0; c < k; c++) grad[c] = 2 * p[c]! - (c === label ? 1 : 0);
    }
    for (const other of peerLogits) {
      const q = teacherRow(other, i, k, 1);
      for (let c = 0; c < k; c++) {
        if (q.p[c] !== 0) divergence += q.p[c]! * (q.logP[c]! - logP[c]!);
        if (grad !== null) grad[c]! -= q.p[c]! / peers;
      }
    }
    return divergence / peers - logP[label]!;
  });
}
