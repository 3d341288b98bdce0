import type { FloatArray } from "@sd/math";
import { perRow, teacherRow } from "./per-row.ts";

// What the public code adds to the standard deviation.
const GUARD = 1e-7;

let student: Float64Array = new Float64Array(0);
let teacher: Float64Array = new Float64Array(0);

const rowMean = (x: FloatArray, at: number, k: number): number => {
  let total = 0;
  for (let j = at; j < at + k; j++) total += x[j]!;
  return total / k;
};

/** The standard deviation of a row, divisor k − 1. */
function deviation(x: FloatArray, at: number, k: number, mean: number): number {
  let squares = 0;
  for (let j = at; j < at + k; j++) squares += (x[j]! - mean) ** 2;
  return Math.sqrt(squares / (k - 1));
}

/** `z = (x − mean)/(s + 1e-7)` of every row; a constant row is 0. */
function standardiseInto(out: Float64Array, x: FloatArray, n: number, k: number): void {
  for (let at = 0; at < n * k; at += k) {
    const mean = rowMean(x, at, k);
    const scale = deviation(x, at, k, mean) + GUARD;
    for (let j = at; j < at + k; j++) out[j] = (x[j]! - mean) / scale;
  }
}

/** Turns dL/dz of row i into dL/df, in place: the chain rule through mean and deviation. */
function throughStandardisation(
  grad: Float64Array,
  logits: FloatArray,
  at: number,
  k: number,
): void {
  const mean = rowMean(logits, at, k);
  const s = deviation(logits, at, k, mean);
  if (s === 0) {
    grad.fill(0, 0, k);
    return;
  }
  const scale = s + GUARD;
  let total = 0;
  let dot = 0;
  for (let c = 0; c < k; c++) {
    total += grad[c]!;
    dot += grad[c]! * (logits[at + c]! - mean);
  }
  for (let c = 0; c < k; c++) {
    const along = ((logits[at + c]! - mean) * dot) / ((k - 1) * s * scale);
    grad[c] = (grad[c]! - total / k - along) / scale;
  }
}

/** `T² KL(softmax(z(t)/T) ‖ softmax(z(f)/T))`: see `standardisedDistillation`. */
export function standardisedDistillationInto(
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
  if (student.length < n * k) {
    student = new Float64Array(n * k);
    teacher = new Float64Array(n * k);
  }
  standardiseInto(student, logits, n, k);
  standardiseInto(teacher, teacherLogits, n, k);
  perRow(
    out,
    gradOut,
    student,
    n,
    k,
    weights,
    cotangent,
    (i, { logP, p }, grad) => {
      const q = teacherRow(teacher, i, k, temperature);
      let value = 0;
      for (let c = 0; c < k; c++) {
        if (q.p[c] !== 0) value += q.p[c]! * (q.logP[c]! - logP[c]!);
        if (grad !== null) grad[c] = temperature * (p[c]! - q.p[c]!);
      }
      if (grad !== null) throughStandardisation(grad, logits, i * k, k);
      return temperature * temperature * value;
    },
    temperature,
  );
}
