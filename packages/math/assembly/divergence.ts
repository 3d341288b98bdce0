import { Lanes } from "./lanes";
import { loadRow, rowEnd } from "./rows";
import { LOG2E } from "./softmax";

/** Where `exp` becomes 0 in float64. */
const UNDERFLOW: f64 = -745.1332191019412;

/** `values[i] = Σ u (log u − log v)` of log-probabilities; classes with u = 0 add 0. */
export function klDivergence(
  values: usize,
  logU: usize,
  logV: usize,
  rowU: usize,
  rowV: usize,
  n: i32,
  k: i32,
): void {
  const between = rowV - rowU;
  const end = rowEnd(rowU, k);
  for (let i = 0; i < n; i++) {
    loadRow(logU, rowU, k, -Infinity);
    loadRow(logV, rowV, k, 0);
    let total = f64x2.splat(0);
    for (let at = rowU; at < end; at += 16) {
      const u = v128.load(at);
      const y = f64x2.mul(u, f64x2.splat(LOG2E));
      const p = Lanes.exp2(f64x2.pmin(y, f64x2.splat(1024)));
      // Beside a p of 2^−1022 or more the smallest normal number is nothing; below, it is a p > 0.
      const positive = f64x2.add(p, f64x2.splat(f64.MIN_NORMAL_VALUE));
      const term = f64x2.mul(positive, f64x2.sub(u, v128.load(at + between)));
      total = f64x2.add(total, v128.andnot(term, f64x2.le(u, f64x2.splat(UNDERFLOW))));
    }
    store<f64>(values, Lanes.sum(total));
    values += 8;
    logU += (<usize>k) << 2;
    logV += (<usize>k) << 2;
  }
}
