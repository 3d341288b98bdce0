/**
 * `x · log y` with `0 · log y = 0` for every y but NaN, as `scipy.special.xlogy`.
 *
 * @example
 * ```ts
 * import { xlogy } from "@sd/math";
 *
 * console.log(xlogy(0, 0), xlogy(2, 1), xlogy(1, 0)); // 0 0 -Infinity
 * ```
 */
export function xlogy(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);
}

/**
 * `log(1 − exp(−x))` for x ≥ 0 without cancellation: −∞ at 0, NaN below.
 *
 * Switches at x = log 2, where the two forms lose equally little (Mächler 2012, "Accurately
 * computing log(1 − exp(−|a|))").
 */
export function log1mexp(x: number): number {
  return x <= Math.LN2 ? Math.log(-Math.expm1(-x)) : Math.log1p(-Math.exp(-x));
}

/** `log(1 + exp x)`, finite for every finite x and never negative. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** `1 / (1 + exp(−x))`, accurate in both tails. */
export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** `log(sigmoid x) = −softplus(−x)`. */
export function logSigmoid(x: number): number {
  return -softplus(-x);
}

/** `log(p / (1 − p))` for p in [0, 1]: −∞ at 0, +∞ at 1, NaN outside. */
export function logit(p: number): number {
  // Near ½ the quotient is near 1 and its log would lose digits; 2p − 1 and 1 − p are exact there.
  return p > 0.25 && p < 0.75 ? Math.log1p((2 * p - 1) / (1 - p)) : Math.log(p) - Math.log1p(-p);
}
