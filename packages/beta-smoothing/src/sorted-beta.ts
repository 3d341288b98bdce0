import { checkNumber, type FloatArray, resolveOut } from "@sd/math";
import { type Rng, uniformOpen } from "@sd/math/random";

function checkDraws(functionName: string, m: number, a: number): void {
  checkNumber(functionName, "m", m, { min: 0, integer: true });
  checkNumber(functionName, "a", a, { min: 0, aboveMin: true });
}

/**
 * Calls `store(i, log b_(i+1))` for i = m−1 … 0.
 *
 * The largest of i uniforms is `u^(1/i)`, and given it the others are uniform below it; so the
 * logarithms of the order statistics are a running sum.
 */
function drawLogs(rng: Rng, m: number, a: number, store: (i: number, logB: number) => void): void {
  let log = 0;
  for (let i = m; i >= 1; i--) {
    log += Math.log(uniformOpen(rng)) / i;
    store(i - 1, log / a);
  }
}

/**
 * m draws from Beta(a, 1) in ascending order, in O(m) without sorting.
 *
 * `l_i = l_{i+1} + ln(u_i)/i` for i = m…1 with `l_{m+1} = 0`, `b_(i) = exp(l_i/a)`. For tiny a the
 * smallest draws underflow to 0.
 *
 * @param rng - Draws m uniforms.
 * @param m - How many; an integer ≥ 0.
 * @param a - Finite and > 0. The mean draw is a/(a + 1); 1 is uniform.
 * @param out - [m], filled and returned instead of a new Float64Array.
 * @returns [m], ascending, in [0, 1].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Bentley & Saxe 1980, "Generating sorted lists of random numbers".
 *
 * @example
 * ```ts
 * import { sortedBeta } from "@sd/beta-smoothing";
 * import { createRng } from "@sd/math/random";
 *
 * const draws = sortedBeta(createRng(1), 1000, 3);
 * console.log(draws.every((b, i) => i === 0 || b >= draws[i - 1]!)); // true
 * ```
 */
export function sortedBeta<Out extends FloatArray = Float64Array>(
  rng: Rng,
  m: number,
  a: number,
  out?: Out,
): Out {
  checkDraws("sortedBeta", m, a);
  const b = resolveOut("sortedBeta", out, m, [m]);
  drawLogs(rng, m, a, (i, logB) => {
    b[i] = Math.exp(logB);
  });
  return b;
}

/** Sorted draws b and 1 − b, each with its own full precision. */
export interface BetaDraws {
  /** [m], ascending. */
  readonly b: Float64Array;
  /** [m], descending: `−expm1(log b)`, which is not 0 where b rounds to 1. */
  readonly complement: Float64Array;
}

/**
 * The draws of {@link sortedBeta} together with `1 − b`, from the same uniforms.
 *
 * @param rng - Draws m uniforms.
 * @param m - How many; an integer ≥ 0.
 * @param a - Finite and > 0.
 * @returns `b` and `complement`, [m] each.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function sortedBetaWithComplement(rng: Rng, m: number, a: number): BetaDraws {
  checkDraws("sortedBetaWithComplement", m, a);
  const b = new Float64Array(m);
  const complement = new Float64Array(m);
  drawLogs(rng, m, a, (i, logB) => {
    b[i] = Math.exp(logB);
    complement[i] = -Math.expm1(logB);
  });
  return { b, complement };
}
