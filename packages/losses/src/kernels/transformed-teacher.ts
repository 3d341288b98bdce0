import type { FloatArray } from "@sd/math";
import { rowMax } from "@sd/math/kernels";
import { perRow, teacherRow } from "./per-row.ts";

/** `log U = lse(t/T) − lse(t)/T`, the mass that `softmax(t)^(1/T)` has before it is normalised. */
function logMass(teacherLogits: FloatArray, i: number, k: number, temperature: number): number {
  const max = rowMax(teacherLogits, i, k);
  let tempered = 0;
  let plain = 0;
  for (let j = i * k; j < (i + 1) * k; j++) {
    const d = teacherLogits[j]! - max;
    tempered += Math.exp(d / temperature);
    plain += Math.exp(d);
  }
  return Math.log(tempered) - Math.log(plain) / temperature;
}

/** `KL(q ‖ p)`, or U times it if weighted: see `transformedTeacherMatching`. */
export function transformedTeacherMatchingInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  temperature: number,
  weighting: "none" | "powerSum",
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, { logP, p }, grad) => {
    const q = teacherRow(teacherLogits, i, k, temperature);
    const scale = weighting === "none" ? 1 : Math.exp(logMass(teacherLogits, i, k, temperature));
    let value = 0;
    for (let c = 0; c < k; c++) {
      if (q.p[c] !== 0) value += q.p[c]! * (q.logP[c]! - logP[c]!);
      if (grad !== null) grad[c] = scale * (p[c]! - q.p[c]!);
    }
    return scale * value;
  });
}
