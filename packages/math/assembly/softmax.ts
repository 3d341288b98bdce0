import { Lanes } from "./lanes";
import { loadRow, rowEnd, storeRow } from "./rows";

/** log2(e): `exp(d/T) = 2^(d · LOG2E/T)`. */
export const LOG2E: f64 = Math.LOG2E;

/** Replaces the row by `2^((row − max) · scale)` and returns its sum. */
export function expRow(row: usize, k: i32, max: f64, scale: f64): f64 {
  const pivot = f64x2.splat(max);
  const factor = f64x2.splat(scale);
  let total = f64x2.splat(0);
  const end = rowEnd(row, k);
  for (let at = row; at < end; at += 16) {
    const e = Lanes.exp2(f64x2.mul(f64x2.sub(v128.load(at), pivot), factor));
    v128.store(at, e);
    total = f64x2.add(total, e);
  }
  return Lanes.sum(total);
}

/** Softmax of n rows in place. */
export function softmax(logits: usize, row: usize, n: i32, k: i32, temperature: f64): void {
  for (let i = 0; i < n; i++) {
    const max = loadRow(logits, row, k, -Infinity);
    const total = expRow(row, k, max, LOG2E / temperature);
    storeRow(logits, row, k, 1 / total, 0);
    logits += (<usize>k) << 2;
  }
}

/** Log-softmax of n rows in place. */
export function logSoftmax(logits: usize, row: usize, n: i32, k: i32, temperature: f64): void {
  const factor = f64x2.splat(LOG2E / temperature);
  const end = rowEnd(row, k);
  for (let i = 0; i < n; i++) {
    const max = f64x2.splat(loadRow(logits, row, k, -Infinity));
    let total = f64x2.splat(0);
    for (let at = row; at < end; at += 16) {
      const d = f64x2.sub(v128.load(at), max);
      v128.store(at, d);
      total = f64x2.add(total, Lanes.exp2(f64x2.mul(d, factor)));
    }
    storeRow(logits, row, k, 1 / temperature, -JSMath.log(Lanes.sum(total)));
    logits += (<usize>k) << 2;
  }
}

/** `values[i] = log Σ exp(f/T)`. */
export function logSumExp(
  values: usize,
  logits: usize,
  row: usize,
  n: i32,
  k: i32,
  temperature: f64,
): void {
  const factor = f64x2.splat(LOG2E / temperature);
  const end = rowEnd(row, k);
  for (let i = 0; i < n; i++) {
    const max = loadRow(logits, row, k, -Infinity);
    // An infinite maximum minus itself would be NaN, where the answer is that infinity.
    const pivot = Number.isFinite(max) ? max : 0;
    let total = f64x2.splat(0);
    for (let at = row; at < end; at += 16) {
      const y = f64x2.mul(f64x2.sub(v128.load(at), f64x2.splat(pivot)), factor);
      total = f64x2.add(total, Lanes.exp2(f64x2.pmin(y, f64x2.splat(1024))));
    }
    store<f64>(values, pivot / temperature + JSMath.log(Lanes.sum(total)));
    values += 8;
    logits += (<usize>k) << 2;
  }
}

/** `values[i] = log Σ − (Σ d e^d)/Σ` with `d = (f − max)/T`, the entropy of the row's softmax. */
export function softmaxEntropy(
  values: usize,
  logits: usize,
  row: usize,
  n: i32,
  k: i32,
  temperature: f64,
): void {
  const factor = f64x2.splat(LOG2E / temperature);
  const end = rowEnd(row, k);
  for (let i = 0; i < n; i++) {
    const max = f64x2.splat(loadRow(logits, row, k, -Infinity));
    let total = f64x2.splat(0);
    let moment = f64x2.splat(0);
    for (let at = row; at < end; at += 16) {
      const y = f64x2.mul(f64x2.sub(v128.load(at), max), factor);
      const e = Lanes.exp2(y);
      total = f64x2.add(total, e);
      // A masked class is −∞ · 0, whose limit is 0.
      moment = f64x2.add(moment, Lanes.whereNonZero(e, f64x2.mul(y, e)));
    }
    const sum = Lanes.sum(total);
    store<f64>(values, JSMath.log(sum) - Lanes.sum(moment) / LOG2E / sum);
    values += 8;
    logits += (<usize>k) << 2;
  }
}
