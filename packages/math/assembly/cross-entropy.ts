import { Lanes } from "./lanes";
import { loadRow, rowEnd, storeRow } from "./rows";
import { expRow, LOG2E } from "./softmax";

/**
 * `values[i] = −w_i log p_y`; with `withGrad` the logits become `s_i (p − 1[y])`.
 * Labels are int32; one outside 0…k−1 makes its row NaN.
 */
export function softmaxCrossEntropy(
  values: usize,
  logits: usize,
  labels: usize,
  weights: usize,
  scales: usize,
  row: usize,
  n: i32,
  k: i32,
  withGrad: bool,
): void {
  for (let i = 0; i < n; i++) {
    const max = loadRow(logits, row, k, -Infinity);
    let total = expRow(row, k, max, LOG2E);
    let label = load<i32>(labels);
    if (<u32>label >= <u32>k) {
      // Anything but a write outside the row, which could hit the constants.
      label = 0;
      total = NaN;
    }
    const own = logits + ((<usize>label) << 2);
    const shifted = <f64>load<f32>(own) - max;
    store<f64>(values, load<f64>(weights) * (JSMath.log(total) - shifted));
    if (withGrad) {
      const scale = load<f64>(scales);
      // The row's own entry is −Σ of the others: 1 − p_y would lose what is left once p_y is 1.
      store<f64>(row + ((<usize>label) << 3), 0);
      storeRow(logits, row, k, scale / total, 0);
      store<f32>(own, <f32>((-scale * sumRow(row, k)) / total));
    }
    values += 8;
    labels += 4;
    weights += 8;
    scales += 8;
    logits += (<usize>k) << 2;
  }
}

function sumRow(row: usize, k: i32): f64 {
  let total = f64x2.splat(0);
  const end = rowEnd(row, k);
  for (let at = row; at < end; at += 16) total = f64x2.add(total, v128.load(at));
  return Lanes.sum(total);
}

/**
 * `values[i] = −w_i Σ τ log p`; with `withGrad` the logits become `s_i (S p − τ)`, S = Σ τ.
 * `targetRow` is a second scratch row.
 */
export function softTargetCrossEntropy(
  values: usize,
  logits: usize,
  targets: usize,
  weights: usize,
  scales: usize,
  row: usize,
  targetRow: usize,
  n: i32,
  k: i32,
  withGrad: bool,
): void {
  const between = targetRow - row;
  const end = rowEnd(row, k);
  for (let i = 0; i < n; i++) {
    loadRow(targets, targetRow, k, 0);
    const max = f64x2.splat(loadRow(logits, row, k, -Infinity));
    let total = f64x2.splat(0);
    let mass = f64x2.splat(0);
    let moment = f64x2.splat(0);
    for (let at = row; at < end; at += 16) {
      const d = f64x2.sub(v128.load(at), max);
      const target = v128.load(at + between);
      const e = Lanes.exp2(f64x2.mul(d, f64x2.splat(LOG2E)));
      v128.store(at, e);
      total = f64x2.add(total, e);
      mass = f64x2.add(mass, target);
      // 0 · log 0 = 0: a masked class costs nothing unless the target asks for it.
      moment = f64x2.sub(moment, Lanes.whereNonZero(target, f64x2.mul(target, d)));
    }
    const sum = Lanes.sum(total);
    const allMass = Lanes.sum(mass);
    // Targets that are all 0 cost 0 in a NaN row too.
    const common = allMass === 0 ? 0 : allMass * JSMath.log(sum);
    store<f64>(values, load<f64>(weights) * (common + Lanes.sum(moment)));
    if (withGrad) {
      const factor = f64x2.splat(allMass / sum);
      for (let at = row; at < end; at += 16) {
        const p = f64x2.mul(v128.load(at), factor);
        v128.store(at, f64x2.sub(p, v128.load(at + between)));
      }
      storeRow(logits, row, k, load<f64>(scales), 0);
    }
    values += 8;
    weights += 8;
    scales += 8;
    logits += (<usize>k) << 2;
    targets += (<usize>k) << 2;
  }
}
