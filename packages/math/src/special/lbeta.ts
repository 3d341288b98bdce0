import { lgamma, stirlingRemainder } from "./lgamma.ts";

const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * `log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b)` for a, b ≥ 0; +∞ if one is 0, NaN below.
 *
 * Where an argument is large, the parts of Stirling's formula that would cancel are left out, so that
 * `lbeta(1e-3, 1e9)` is as accurate as `lbeta(2, 3)`. Close to the curve B = 1 the accuracy is
 * absolute, not relative.
 *
 * @param a - A non-negative number.
 * @param b - A non-negative number.
 *
 * @example
 * ```ts
 * import { lbeta } from "@sd/math/special";
 *
 * console.log(lbeta(2, 3).toFixed(12), (-Math.log(12)).toFixed(12)); // -2.484906649788 -2.484906649788
 * ```
 */
export function lbeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (!(small > 0)) return small === 0 ? Infinity : Number.NaN;
  if (large === Infinity) return -Infinity;
  if (large < 10) return lgamma(small) + lgamma(large) - lgamma(small + large);
  const rest = stirlingRemainder(large) - stirlingRemainder(small + large);
  const logShare = Math.log1p(-small / (small + large));
  if (small < 10) {
    return lgamma(small) + rest + small * (1 - Math.log(small + large)) + (large - 0.5) * logShare;
  }
  return (
    HALF_LOG_TWO_PI -
    0.5 * Math.log(large) +
    (stirlingRemainder(small) + rest) +
    (small - 0.5) * Math.log(small / (small + large)) +
    large * logShare
  );
}
