import type { FloatArray } from "@sd/math";
import { rowMax } from "@sd/math/kernels";

/** A row of logits as log-probabilities and probabilities. */
export interface SoftmaxRow {
  readonly logP: Float64Array;
  readonly p: Float64Array;
}

/**
 * What a loss says about one row: returns its value and, if `grad` is given, fills the gradient with
 * respect to the (tempered) logits.
 */
export type RowRule = (i: number, row: SoftmaxRow, grad: Float64Array | null) => number;

const newRow = (k: number): SoftmaxRow => ({ logP: new Float64Array(k), p: new Float64Array(k) });

// Reused by all calls, which is safe because rules never call back into user code.
let student: SoftmaxRow = newRow(0);
let teacher: SoftmaxRow = newRow(0);
let gradRow: Float64Array = new Float64Array(0);

function reserve(k: number): void {
  if (gradRow.length >= k) return;
  student = newRow(k);
  teacher = newRow(k);
  gradRow = new Float64Array(k);
}

function fillSoftmax(
  row: SoftmaxRow,
  logits: FloatArray,
  i: number,
  k: number,
  temperature: number,
): void {
  const max = rowMax(logits, i, k);
  const { logP, p } = row;
  let total = 0;
  for (let c = 0; c < k; c++) {
    logP[c] = (logits[i * k + c]! - max) / temperature;
    p[c] = Math.exp(logP[c]!);
    total += p[c]!;
  }
  const logTotal = Math.log(total);
  for (let c = 0; c < k; c++) {
    logP[c]! -= logTotal;
    p[c]! /= total;
  }
}

/** `softmax(t_i / T)` of a second array; valid until the next call. */
export function teacherRow(
  logits: FloatArray,
  i: number,
  k: number,
  temperature: number,
): SoftmaxRow {
  reserve(k);
  fillSoftmax(teacher, logits, i, k, temperature);
  return teacher;
}

/**
 * Applies a rule to every row of `softmax(f / T)`, weighs the results and stores them: row i of the
 * value times weights[i], row i of the gradient times weights[i] · cotangent[i].
 */
export function perRow(
  out: FloatArray,
  gradOut: FloatArray | null,
  logits: FloatArray,
  n: number,
  k: number,
  weights: FloatArray | null,
  cotangent: FloatArray | null,
  rule: RowRule,
  temperature = 1,
): void {
  reserve(k);
  const grad = gradOut === null ? null : gradRow;
  for (let i = 0; i < n; i++) {
    fillSoftmax(student, logits, i, k, temperature);
    const weight = weights === null ? 1 : weights[i]!;
    out[i] = weight * rule(i, student, grad);
    if (gradOut === null) continue;
    const scale = cotangent === null ? weight : weight * cotangent[i]!;
    for (let c = 0; c < k; c++) gradOut[i * k + c] = scale * gradRow[c]!;
  }
}
