import { polynomial } from "./polynomial.ts";

// B_2j / 2j for j = 1, 2, …
const ASYMPTOTIC: readonly number[] = [
  0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667,
  0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686,
];

// ψ^(j)(x₀)/j! for j = 1, 2, …: the Taylor series of ψ about its positive root.
const ROOT_SERIES: readonly number[] = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652,
  0.10782405069126237, -0.07219956125645471, 0.04880428816414311, -0.03316112647484736,
  0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
  0.004926781395729853, -0.003369801655439328, 0.002305126326734928, -0.0015769367714301972,
  0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
  0.00023635601564027053, -0.00016170622091974803, 0.0001106337276874741, -7.569179582195066e-5,
  5.178575795222081e-5, -3.5430070947659604e-5, 2.424006611860132e-5, -1.6584242271854135e-5,
  1.134638458466385e-5, -7.762817668462094e-6, 5.3110609208898636e-6, -3.6336507898010456e-6,
  2.486022733129538e-6, -1.7008538854332607e-6, 1.1636675363548843e-6, -7.96142543124197e-7,
  5.446941930669446e-7, -3.7266161283438227e-7, 2.549626552021554e-7, -1.7443695117727745e-7,
];

// The positive root x₀ of ψ, in two doubles.
const ROOT = 1.4616321449683622;
const ROOT_REST = 9.549995429965697e-17;

/** ψ on [1, 2], with full relative accuracy at its root. */
const aboutRoot = (x: number): number => {
  const d = x - ROOT - ROOT_REST;
  return d * polynomial(ROOT_SERIES, d);
};

/**
 * `ψ(x) = d/dx log Γ(x)` for x ≥ 0; −∞ at 0, +∞ at +∞, NaN below 0.
 *
 * Taylor's series about the root 1.4616… below 10, the asymptotic series above.
 *
 * @param x - A non-negative number.
 *
 * @example
 * ```ts
 * import { digamma } from "@sd/math/special";
 *
 * console.log(digamma(1).toFixed(12)); // -0.577215664902
 * ```
 */
export function digamma(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x >= 10) {
    const inverse = 1 / x;
    const square = inverse * inverse;
    return Math.log(x) - (0.5 * inverse + square * polynomial(ASYMPTOTIC, square));
  }
  if (x < 1) return aboutRoot(1 + x) - 1 / x;
  let reduced = x;
  let harmonic = 0;
  while (reduced > 2) {
    reduced -= 1;
    harmonic += 1 / reduced;
  }
  return aboutRoot(reduced) + harmonic;
}
