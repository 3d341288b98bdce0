import { logIncompleteBeta } from "./incomplete-beta.ts";
import { lbeta } from "./lbeta.ts";
import { normalQuantile } from "./normal-quantile.ts";

/** The expansion about the normal quantile z (Abramowitz & Stegun 26.7.5), up to df⁻⁴. */
function expansion(z: number, df: number): number {
  const s = z * z;
  const first = (s + 1) / 4;
  const second = ((5 * s + 16) * s + 3) / 96;
  const third = (((3 * s + 19) * s + 17) * s - 15) / 384;
  const fourth = ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160;
  return z * (1 + (first + (second + (third + fourth / df) / df) / df) / df);
}

/**
 * The quantile of Student's t distribution with `df` degrees of freedom (`scipy.special.stdtrit`).
 *
 * Newton's method on the logarithm of the smaller tail, or of the mass between 0 and t, as a function
 * of log t, where both are concave; for many degrees of freedom an expansion about the normal
 * quantile. Within 1e-13, relative, for p in [1e-300, 1 − 1e-12] and df in [1, 1e8].
 *
 * @param p - A probability; ∓∞ at 0 and 1, NaN outside.
 * @param df - At least 1, need not be an integer; Infinity is the normal quantile, below 1 NaN.
 *
 * @example
 * ```ts
 * import { studentTQuantile } from "@sd/math/special";
 *
 * console.log(studentTQuantile(0.975, 4).toFixed(10)); // 2.7764451052
 * ```
 */
export function studentTQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1 && df >= 1)) return Number.NaN;
  const z = normalQuantile(p);
  if (p === 0.5 || !Number.isFinite(z)) return z;
  // Where t²/df is this small the continued fraction cancels, and the expansion is exact to rounding.
  if (df > 1000 && z * z < 2e-3 * df) return df === Infinity ? z : expansion(z, df);

  const tail = Math.min(p, 1 - p);
  const fromTail = tail <= 0.25;
  const target = Math.log(2 * (fromTail ? tail : Math.abs(p - 0.5)));
  const logDensityScale = -lbeta(0.5, df / 2) + Math.LN2;
  let logT = Math.log(Math.abs(z));
  for (let i = 0; i < 100; i++) {
    // r = t/√df; log(1 + r²) and log(1 + r⁻²) without overflow.
    const logR = logT - 0.5 * Math.log(df);
    const grow = Math.log1p(Math.exp(-2 * Math.abs(logR)));
    const logNear = -(Math.max(2 * logR, 0) + grow);
    const logFar = -(Math.max(-2 * logR, 0) + grow);
    const logMass = fromTail
      ? logIncompleteBeta(logNear, logFar, df / 2, 0.5)
      : logIncompleteBeta(logFar, logNear, 0.5, df / 2);
    // d log mass / d log t = ± 2 t f(t) / mass.
    const slope = Math.exp(logR + ((df + 1) / 2) * logNear + logDensityScale - logMass);
    const step = (logMass - target) / (fromTail ? -slope : slope);
    logT -= step;
    if (Math.abs(step) < 1e-15) break;
  }
  return p < 0.5 ? -Math.exp(logT) : Math.exp(logT);
}
