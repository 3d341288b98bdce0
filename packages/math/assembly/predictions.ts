import { Lanes } from "./lanes";
import { loadRow, rowEnd } from "./rows";
import { LOG2E } from "./softmax";

const LOG2E_IN_MEMORY: usize = memory.data<f64>([LOG2E], 16);

/**
 * `values[i] = 1 / Σ exp(f − max)`; the int32 label becomes 1 if the first largest logit is its own,
 * else 0.
 */
export function predictions(
  values: usize,
  logits: usize,
  labels: usize,
  row: usize,
  n: i32,
  k: i32,
): void {
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
    const max = loadRow(logits, row, k, -Infinity);
    const pivot = f64x2.splat(max);
    let total = f64x2.splat(0);
    for (let at = row; at < end; at += 16) {
      const y = f64x2.mul(f64x2.sub(v128.load(at), pivot), log2e);
      total = f64x2.add(total, Lanes.exp2With(y, magic, lowest, c0, c1, c2, c3, c4, c5, c6));
    }
    store<f64>(values, 1 / Lanes.sum(total));
    store<i32>(labels, <i32>isFirstLargest(row, load<i32>(labels), k, max));
    values += 8;
    labels += 4;
    logits += (<usize>k) << 2;
  }
}

/** Whether element `label` of the row is `max` and none before it is; false outside 0…k−1. */
function isFirstLargest(row: usize, label: i32, k: i32, max: f64): bool {
  if (<u32>label >= <u32>k) return false;
  // No element exceeds −∞: then it is the first, as in a search that starts there.
  if (max === -Infinity) return label === 0;
  const own = row + ((<usize>label) << 3);
  if (load<f64>(own) !== max) return false;
  if (label & 1 && load<f64>(own - 8) === max) return false;
  const pivot = f64x2.splat(max);
  let earlier = f64x2.splat(0);
  const last = row + ((<usize>(label & ~1)) << 3);
  for (let at = row; at < last; at += 16) {
    earlier = v128.or(earlier, f64x2.eq(v128.load(at), pivot));
  }
  return !v128.any_true(earlier);
}
