import { polynomial } from "./polynomial.ts";

// B_2j / (2j (2j − 1)) for j = 1, 2, …: Stirling's series.
const STIRLING: readonly number[] = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242,
];

// (−1)^k (ζ(k) − 1)/k for k = 2, 3, …: the Taylor series of log Γ about 2.
const ZETA_SERIES: readonly number[] = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939,
  9.945751278180853e-5, -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6,
  4.374866789907488e-6, -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7,
  2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8, -2.2711094608943164e-8,
  1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
  5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10, -6.4229645638381e-11,
  3.1044247747322276e-11, -1.5021384080754142e-11, 7.275974480239079e-12, -3.527742476575915e-12,
  1.711991790559618e-12, -8.315385841420285e-13, 4.04220052528944e-13, -1.9664756310966165e-13,
];

const ONE_MINUS_EULER = 0.42278433509846713;
const HALF_LOG_TWO_PI = 0.9189385332046728;

/** What Stirling's formula lacks of log Γ(x): `Σ_j B_2j / (2j (2j − 1) x^(2j−1))`, x ≥ 10. */
export function stirlingRemainder(x: number): number {
  return polynomial(STIRLING, 1 / (x * x)) / x;
}

/** log Γ(2 + z) for −0.72 ≤ z ≤ ½, with full relative accuracy at its zero z = 0. */
const aboutTwo = (z: number): number => z * (ONE_MINUS_EULER + z * polynomial(ZETA_SERIES, z));

/**
 * `log Γ(x)` for x ≥ 0; +∞ at 0 and at +∞, NaN below 0.
 *
 * Taylor's series about 2 below 10, Stirling's series above; relative accuracy holds at the zeros 1
 * and 2 as well.
 *
 * @param x - A non-negative number.
 *
 * @example
 * ```ts
 * import { lgamma } from "@sd/math/special";
 *
 * console.log(lgamma(5).toFixed(12), Math.log(24).toFixed(12)); // 3.178053830348 3.178053830348
 * ```
 */
export function lgamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : Number.NaN;
  if (x >= 10) {
    return x === Infinity
      ? x
      : (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_TWO_PI - 0.5) + stirlingRemainder(x);
  }
  // Γ(x) = Γ(x + 2) / (x (x + 1)): no addition to x, so tiny x keep their digits.
  if (x < 0.5) return aboutTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.28) return aboutTwo(x - 1) - Math.log1p(x - 1);
  let product = 1;
  let reduced = x;
  while (reduced > 2.5) {
    reduced -= 1;
    product *= reduced;
  }
  return aboutTwo(reduced - 2) + Math.log(product);
}
