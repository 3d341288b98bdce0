import { polynomial } from "./polynomial.ts";

// B_2j for j = 1, 2, …
const ASYMPTOTIC: readonly number[] = [
  0.16666666666666666, -0.03333333333333333, 0.023809523809523808, -0.03333333333333333,
  0.07575757575757576, -0.2531135531135531, 1.1666666666666667, -7.092156862745098,
  54.971177944862156, -529.1242424242424,
];

/**
 * `ψ′(x) = d²/dx² log Γ(x)` for x ≥ 0; +∞ at 0, 0 at +∞, NaN below 0.
 *
 * The recurrence `ψ′(x) = ψ′(x + 1) + 1/x²` up to 10, the asymptotic series from there.
 *
 * @param x - A non-negative number.
 *
 * @example
 * ```ts
 * import { trigamma } from "@sd/math/special";
 *
 * console.log(trigamma(1).toFixed(12), (Math.PI ** 2 / 6).toFixed(12)); // 1.644934066848 1.644934066848
 * ```
 */
export function trigamma(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  let steps = 0;
  let shifted = x;
  while (shifted < 10) {
    steps += 1 / (shifted * shifted);
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  return steps + inverse * (1 + 0.5 * inverse + square * polynomial(ASYMPTOTIC, square));
}
