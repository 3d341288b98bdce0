import type { FloatArray, IntegerArray } from "@sd/math";
import { teacherCrossEntropyInto } from "@sd/math/kernels";
import { perRow, type SoftmaxRow, teacherRow } from "./per-row.ts";

/** Which side a temperature divides: the teacher's logits only, or both (with the factor T²). */
export type Tempered = "teacher" | "both";

// The hard term has weight 0 where these stand, so no label is read.
const NO_LABELS: IntegerArray = new Uint8Array(0);

/** `factor · KL(q ‖ p)` and, in `grad`, `slope · (p − q)`. */
function scaledKl(
  q: SoftmaxRow,
  { logP, p }: SoftmaxRow,
  k: number,
  factor: number,
  slope: number,
  grad: Float64Array | null,
): number {
  let value = 0;
  for (let c = 0; c < k; c++) {
    if (q.p[c] !== 0) value += q.p[c]! * (q.logP[c]! - logP[c]!);
    if (grad !== null) grad[c] = slope * (p[c]! - q.p[c]!);
  }
  return factor * value;
}

/** `−Σ q log p` with `q = softmax(t/T)`, gradient `p − q`: see `distillation`. */
export function distillationInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  temperature: number,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  teacherCrossEntropyInto(
    out,
    gradOut,
    logits,
    NO_LABELS,
    teacherLogits,
    n,
    k,
    0,
    temperature,
    weights,
    cotangent,
  );
}

/**
 * `T² KL(q ‖ p_T)`, gradient `T (p_T − q)`; without the factor `KL(q ‖ p_T)` and `(p_T − q)/T`: see
 * `hintonDistillation`.
 */
export function hintonDistillationInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  temperature: number,
  factor: "squaredTemperature" | "one" = "squaredTemperature",
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  const scale = factor === "one" ? 1 : temperature * temperature;
  const slope = factor === "one" ? 1 / temperature : temperature;
  perRow(
    out,
    gradOut,
    logits,
    n,
    k,
    weights,
    cotangent,
    (i, row, grad) =>
      scaledKl(teacherRow(teacherLogits, i, k, temperature), row, k, scale, slope, grad),
    temperature,
  );
}

// The soft term of the total is computed first and added up here.
let part: Float64Array = new Float64Array(0);
let partGrad: Float64Array = new Float64Array(0);

/** `hardWeight · CE + (1 − hardWeight) · hintonDistillation`. */
function hintonTotalInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  hardWeight: number,
  temperature: number,
  weights: FloatArray | null,
  cotangent: FloatArray | null,
): void {
  if (part.length < n) part = new Float64Array(n);
  if (partGrad.length < n * k) partGrad = new Float64Array(n * k);
  const softGrad = gradOut === null ? null : partGrad;
  hintonDistillationInto(part, softGrad, logits, teacherLogits, n, k, temperature);
  perRow(out, gradOut, logits, n, k, weights, cotangent, (i, row, grad) => {
    const label = labels[i]!;
    if (grad !== null) {
      for (let c = 0; c < k; c++) {
        const hardSlope = row.p[c]! - (c === label ? 1 : 0);
        grad[c] = hardWeight * hardSlope + (1 - hardWeight) * partGrad[i * k + c]!;
      }
    }
    // A weight of 0 switches a term off, also where it is infinite.
    const hard = hardWeight === 0 ? 0 : -hardWeight * row.logP[label]!;
    return hard + (hardWeight === 1 ? 0 : (1 - hardWeight) * part[i]!);
  });
}

/** `hardWeight · CE + (1 − hardWeight) · soft`: see `distillationTotal`. */
export function distillationTotalInto(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  labels: IntegerArray,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  hardWeight: number,
  temperature: number,
  tempered: Tempered,
  weights: FloatArray | null = null,
  cotangent: FloatArray | null = null,
): void {
  const total = tempered === "teacher" ? teacherCrossEntropyInto : hintonTotalInto;
  total(
    out,
    gradOut,
    logits,
    labels,
    teacherLogits,
    n,
    k,
    hardWeight,
    temperature,
    weights,
    cotangent,
  );
}
