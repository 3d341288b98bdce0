import { Lanes } from "./lanes";
import { loadRow, rowEnd } from "./rows";
import { LOG2E } from "./softmax";

const LOG2E_IN_MEMORY: usize = memory.data<f64>([LOG2E], 16);

/** Pads a student's row of odd length: its exponential is 0, and 0 times it is no NaN. */
const FAR: f64 = -1e300;

/** Where `2^y` becomes 0 in float64. */
const UNDERFLOW: f64 = -1075;

/**
 * `values[i] = w_i (−h log p_y − (1 − h) Σ q log p)` with `q = softmax(t/T)`, h the hard weight, in
 * [0, 1); with `withGrad` the logits become `s_i (p − h 1[y] − (1 − h) q)`. Labels are int32; one
 * outside 0…k−1 makes its row NaN, and h = 0 reads none. `teacherRow` is a second scratch row.
 */
export function teacherCrossEntropy(
  values: usize,
  logits: usize,
  labels: usize,
  teacherLogits: usize,
  weights: usize,
  scales: usize,
  row: usize,
  teacherRow: usize,
  n: i32,
  k: i32,
  hardWeight: f64,
  temperature: f64,
  withGrad: bool,
): void {
  const between = teacherRow - row;
  const factor = f64x2.splat(LOG2E / temperature);
  const end = rowEnd(row, k);
  const log2e = v128.load64_splat(LOG2E_IN_MEMORY);
  const magic = Lanes.magic();
  const lowest = Lanes.lowest();
  const c0 = Lanes.coefficient(0);
  const c1 = Lanes.coefficient(1);
  const c2 = Lanes.coefficient(2);
  const c3 = Lanes.coefficient(3);
  const c4 = Lanes.coefficient(4);
  const c5 = Lanes.coefficient(5);
  const c6 = Lanes.coefficient(6);
  for (let i = 0; i < n; i++) {
    const max = loadRow(logits, row, k, FAR);
    const pivot = f64x2.splat(max);
    const teacherMax = loadRow(teacherLogits, teacherRow, k, -Infinity);
    const teacherPivot = f64x2.splat(teacherMax);
    let total = f64x2.splat(0);
    let teacherTotal = f64x2.splat(0);
    let moment = f64x2.splat(0);
    for (let at = row; at < end; at += 16) {
      const d = f64x2.sub(v128.load(at), pivot);
      const y = f64x2.mul(f64x2.sub(v128.load(at + between), teacherPivot), factor);
      const e = Lanes.exp2With(f64x2.mul(d, log2e), magic, lowest, c0, c1, c2, c3, c4, c5, c6);
      const q = Lanes.exp2With(y, magic, lowest, c0, c1, c2, c3, c4, c5, c6);
      v128.store(at, e);
      v128.store(at + between, q);
      total = f64x2.add(total, e);
      teacherTotal = f64x2.add(teacherTotal, q);
      moment = f64x2.sub(moment, f64x2.mul(q, d));
    }
    let cost = Lanes.sum(moment);
    // Nearly every row has no masked class: none pays for one but those that do.
    if (Number.isNaN(cost))
      cost = maskedMoment(logits, teacherLogits, k, max, teacherMax, temperature);
    let sum = Lanes.sum(total);
    const share = (1 - hardWeight) / Lanes.sum(teacherTotal);
    let label = 0;
    let hard: f64 = 0;
    if (hardWeight > 0) {
      label = load<i32>(labels);
      if (<u32>label >= <u32>k) {
        // Anything but an access outside the row.
        label = 0;
        sum = NaN;
      }
      hard = hardWeight * (<f64>load<f32>(logits + ((<usize>label) << 2)) - max);
    }
    const value = JSMath.log(sum) + share * cost - hard;
    store<f64>(values, load<f64>(weights) * value);
    if (withGrad) {
      storeGradient(logits, row, teacherRow, k, label, hardWeight, sum, share, load<f64>(scales));
    }
    values += 8;
    labels += 4;
    weights += 8;
    scales += 8;
    logits += (<usize>k) << 2;
    teacherLogits += (<usize>k) << 2;
  }
}

/**
 * `−Σ 2^y d` over the classes with `2^y > 0`, where `0 · ∞` of a masked class adds nothing.
 *
 * Below 2^−1022 the lanes have 0 for a 2^y > 0, which costs +∞ where the student's class is masked
 * and nothing elsewhere.
 */
function maskedMoment(
  logits: usize,
  teacherLogits: usize,
  k: i32,
  max: f64,
  teacherMax: f64,
  temperature: f64,
): f64 {
  let moment: f64 = 0;
  for (let c = 0; c < k; c++) {
    const at = (<usize>c) << 2;
    const y = (<f64>load<f32>(teacherLogits + at) - teacherMax) * (LOG2E / temperature);
    if (y <= UNDERFLOW) continue;
    const q = f64x2.extract_lane(Lanes.exp2(f64x2.splat(y)), 0) + f64.MIN_NORMAL_VALUE;
    moment -= q * (<f64>load<f32>(logits + at) - max);
  }
  return moment;
}

/** Stores `scale (e[c] / sum − share · q[c])`, less `scale · hardWeight` at the label, as k float32. */
function storeGradient(
  target: usize,
  row: usize,
  teacherRow: usize,
  k: i32,
  label: i32,
  hardWeight: f64,
  sum: f64,
  share: f64,
  scale: f64,
): void {
  const own = (<usize>label) << 3;
  const p = load<f64>(row + own) / sum;
  const ownSlope = scale * (p - share * load<f64>(teacherRow + own) - hardWeight);
  const ownTarget = target + ((<usize>label) << 2);
  const a = f64x2.splat(scale / sum);
  const b = f64x2.splat(scale * share);
  const last = target + ((<usize>(k & ~1)) << 2);
  while (target < last) {
    const slope = f64x2.sub(f64x2.mul(v128.load(row), a), f64x2.mul(v128.load(teacherRow), b));
    v128.store64_lane(target, f32x4.demote_f64x2_zero(slope), 0);
    target += 8;
    row += 16;
    teacherRow += 16;
  }
  if (k & 1) {
    const slope = load<f64>(row) * (scale / sum) - load<f64>(teacherRow) * (scale * share);
    store<f32>(target, <f32>slope);
  }
  store<f32>(ownTarget, <f32>ownSlope);
}
