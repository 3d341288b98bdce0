// What every metric is made of: a few numbers per row, each from one pass over the row.
import {
  checkLabels,
  checkLogits,
  checkNumber,
  DomainError,
  type FloatArray,
  type IntegerArray,
  type Shape,
} from "@sd/math";
import { argmaxInto } from "@sd/math/kernels";
import { applyTemperature } from "./apply-temperature.ts";

/** Options of the metrics that look at probabilities. */
export interface ScoreOptions {
  /**
   * Divides the logits; in [0, Infinity], the ends as limits. Which class is predicted is always
   * taken from the unscaled logits. @defaultValue 1
   */
  readonly temperature?: number;
}

/** Per-row values, each `[n]`. */
export interface RowStatistics {
  readonly n: number;
  readonly k: number;
  /** 1 if the first largest logit is the label's. */
  readonly correct: Uint8Array;
  /** Largest probability. */
  readonly confidence: Float64Array;
  /** −log p of the label. */
  readonly loss: Float64Array;
  /** Σ_c (p_c − 1[y])². */
  readonly brier: Float64Array;
  /** Entropy of the row in nats. */
  readonly entropy: Float64Array;
  /** f_y − log Σ_{j≠y} exp f_j, the logit of the label's probability. */
  readonly margin: Float64Array;
}

export function checkTemperature(functionName: string, temperature: number): void {
  if (temperature === Infinity) return;
  checkNumber(functionName, "temperature", temperature, { min: 0 });
}

/** 1 where the first largest logit of a row is the label's. */
export function correctRows(
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
): Uint8Array {
  const predicted = new Int32Array(n);
  argmaxInto(predicted, logits, n, k);
  return Uint8Array.from(predicted, (c, i) => (c === labels[i] ? 1 : 0));
}

/** f_y − log Σ_{j≠y} exp f_j with the largest of the others taken out. */
function marginOf(f: FloatArray, label: number, start: number, k: number): number {
  let max = -Infinity;
  for (let c = 0; c < k; c++) if (c !== label && f[start + c]! > max) max = f[start + c]!;
  const pivot = max === -Infinity ? 0 : max;
  let total = 0;
  for (let c = 0; c < k; c++) if (c !== label) total += Math.exp(f[start + c]! - pivot);
  return f[start + label]! - (pivot + Math.log(total));
}

function fillRow(out: RowStatistics, f: FloatArray, label: number, i: number): void {
  const { k } = out;
  const start = i * k;
  let max = -Infinity;
  let maxOther = -Infinity;
  for (let c = 0; c < k; c++) {
    const value = f[start + c]!;
    if (value > max) max = value;
    if (c !== label && value > maxOther) maxOther = value;
  }
  let total = 0;
  let others = 0;
  let moment = 0;
  let squares = 0;
  for (let c = 0; c < k; c++) {
    const d = f[start + c]! - max;
    const e = Math.exp(d);
    total += e;
    squares += e * e;
    // A masked class is −∞ · 0, whose limit is 0; NaN must stay.
    if (e !== 0) moment -= d * e;
    if (c !== label) others += e;
  }
  const distance = max - f[start + label]!;
  const logTotal = Math.log(total);
  const p = Math.exp(-distance) / total;
  out.confidence[i] = 1 / total;
  out.loss[i] = distance + logTotal;
  // (1 − p)² + the squares of the others; never below 0 by rounding.
  out.brier[i] = (1 - p) ** 2 + Math.max(0, squares / total ** 2 - p * p);
  out.entropy[i] = logTotal + moment / total;
  // Far behind the label the others underflow beside it: they need a maximum of their own.
  const near = max - maxOther < 600;
  out.margin[i] = near ? -distance - Math.log(others) : marginOf(f, label, start, k);
}

/** All per-row values of checked arguments. */
export function rowStatistics(
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
  temperature = 1,
): RowStatistics {
  const scaled = temperature === 1 ? logits : applyTemperature(logits, [n, k], temperature);
  const rows: RowStatistics = {
    n,
    k,
    correct: correctRows(logits, labels, n, k),
    confidence: new Float64Array(n),
    loss: new Float64Array(n),
    brier: new Float64Array(n),
    entropy: new Float64Array(n),
    margin: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) fillRow(rows, scaled, labels[i]!, i);
  return rows;
}

/** Checks the arguments that all metrics share and computes the per-row values. */
export function checkedRows(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  { temperature = 1 }: ScoreOptions = {},
): RowStatistics {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  checkTemperature(functionName, temperature);
  return rowStatistics(logits, labels, n, k, temperature);
}

/** Refuses data of one class, where nothing competes with the label. */
export function checkTwoClasses(functionName: string, k: number): void {
  if (k < 2) throw new DomainError(functionName, "shape", `to have at least 2 classes, got ${k}`);
}
