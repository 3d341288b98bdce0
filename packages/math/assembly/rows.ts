// A row of float32 as float64 in a scratch row of even length, so that no loop has a tail.
// `end` is where the scratch row ends: row + 16 ⌈k/2⌉.

/**
 * Copies k float32 to `row`, fills the odd place with `pad`, and returns the largest element, NaN
 * skipped (−∞ where there is none).
 */
export function loadRow(source: usize, row: usize, k: i32, pad: f64): f64 {
  let max = f64x2.splat(-Infinity);
  const last = source + ((<usize>(k & ~1)) << 2);
  while (source < last) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(source));
    v128.store(row, pair);
    max = f64x2.pmax(max, pair);
    source += 8;
    row += 16;
  }
  if (k & 1) {
    const pair = f64x2.replace_lane(f64x2.splat(pad), 0, <f64>load<f32>(source));
    v128.store(row, pair);
    max = f64x2.pmax(max, f64x2.splat(<f64>load<f32>(source)));
  }
  const a = f64x2.extract_lane(max, 0);
  const b = f64x2.extract_lane(max, 1);
  return Math.max(a, b);
}

/** Stores `a · row[c] + b` as k float32. */
export function storeRow(target: usize, row: usize, k: i32, a: f64, b: f64): void {
  const va = f64x2.splat(a);
  const vb = f64x2.splat(b);
  const last = target + ((<usize>(k & ~1)) << 2);
  while (target < last) {
    const pair = f64x2.add(f64x2.mul(v128.load(row), va), vb);
    v128.store64_lane(target, f32x4.demote_f64x2_zero(pair), 0);
    target += 8;
    row += 16;
  }
  if (k & 1) store<f32>(target, <f32>(load<f64>(row) * a + b));
}

/** Where the scratch row of k elements ends. */
export function rowEnd(row: usize, k: i32): usize {
  return row + ((<usize>((k + 1) >> 1)) << 4);
}
