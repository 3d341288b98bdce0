import type { FloatArray, IntegerArray } from "@sd/math";
import { perRow, type SoftmaxRow, teacherRow } from "./per-row.ts";

/** `log Σ_{c≠y} p_c`, the label left out rather than subtracted. */
function logOthers({ logP }: SoftmaxRow, label: number, k: number): number {
  let max = -Infinity;
  for (let c = 0; c < k; c++) if (c !== label && logP[c]! > max) max = logP[c]!;
  if (max === -Infinity) return max;
  let total = 0;
  for (let c = 0; c < k; c++) if (c !== label) total += Math.exp(logP[c]! - max);
  return max + Math.log(total);
}

/** `u (log u − log v)` of a probability given by its logarithm. */
const klTerm = (logU: number, logV: number): number =>
  logU === -Infinity ? 0 : Math.exp(logU) * (logU - logV);

/** `T² (A·TCKD + B·NCKD)`: see `decoupledDistillation`. */
export function decoupledDistillationInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  temperature: number,
  targetWeight: number,
  nonTargetWeight: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  perRow(
    out,
    gradOut,
    logits,
    n,
    k,
    weights,
    cotangent,
    (i, student, grad) => {
      const label = labels[i]!;
      const teacher = teacherRow(teacherLogits, i, k, temperature);
      const logB = logOthers(student, label, k);
      const logD = logOthers(teacher, label, k);
      const target = klTerm(teacher.logP[label]!, student.logP[label]!) + klTerm(logD, logB);
      // p_y − q_y from the smaller of the two complementary pairs, which has the digits.
      const small = Math.exp(logB) < 0.5 && Math.exp(logD) < 0.5;
      const gap = small ? Math.exp(logD) - Math.exp(logB) : student.p[label]! - teacher.p[label]!;
      let nonTarget = 0;
      for (let c = 0; c < k; c++) {
        if (c === label) {
          if (grad !== null) grad[c] = temperature * targetWeight * gap;
          continue;
        }
        // Classes other than the label, renormalised; none is left where the label has everything.
        const logP = logB === -Infinity ? -Infinity : student.logP[c]! - logB;
        const logQ = logD === -Infinity ? -Infinity : teacher.logP[c]! - logD;
        nonTarget += klTerm(logQ, logP);
        if (grad === null) continue;
        const [p, q] = [Math.exp(logP), Math.exp(logQ)];
        grad[c] = temperature * (-targetWeight * gap * p + nonTargetWeight * (p - q));
      }
      const factor = temperature * temperature;
      return factor * (targetWeight * target + nonTargetWeight * nonTarget);
    },
    temperature,
  );
}
