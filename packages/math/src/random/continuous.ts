import { checkNumber } from "../checks.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import type { Rng } from "./rng.ts";
import { uniformOpen } from "./uniform.ts";

/**
 * A standard normal draw by inversion: exactly two words each, so that streams stay in step.
 *
 * The uniform is the centre of one of 2⁵² cells of (0, 1), so draws are symmetric and |x| < 8.3.
 */
export function normal(rng: Rng): number {
  const cell = (rng.uint32() >>> 6) * 2 ** 26 + (rng.uint32() >>> 6);
  return normalQuantile((cell + 0.5) * 2 ** -52);
}

/** A draw from the exponential distribution with mean 1, `−log u` with u in (0, 1]. */
export function exponential(rng: Rng): number {
  return -Math.log(uniformOpen(rng));
}

// Below this, log(u)/shape could overflow.
const MIN_SHAPE = 1e-300;

const checkShapeParameter = (functionName: string, argument: string, value: number): number =>
  checkNumber(functionName, argument, value, { min: MIN_SHAPE });

function drawLogGamma(rng: Rng, shape: number): number {
  // G(shape) = G(shape + 1) · u^(1/shape), which only the logarithm survives for small shapes.
  if (shape < 1) return drawLogGamma(rng, shape + 1) + Math.log(uniformOpen(rng)) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(rng);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root ** 3;
    if (Math.log(uniformOpen(rng)) < 0.5 * x * x + d * (1 - v + Math.log(v))) {
      return Math.log(d) + Math.log(v);
    }
  }
}

/**
 * The logarithm of a Gamma(shape, 1) draw: finite where the draw itself would underflow.
 *
 * Reference: Marsaglia & Tsang 2000, "A simple method for generating gamma variables".
 *
 * @param rng - The source of randomness.
 * @param shape - Finite, ≥ 1e-300.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function logGammaVariate(rng: Rng, shape: number): number {
  return drawLogGamma(rng, checkShapeParameter("logGammaVariate", "shape", shape));
}

/** A Gamma(shape, 1) draw, `exp` of {@link logGammaVariate}; may underflow to 0 for small shapes. */
export function gamma(rng: Rng, shape: number): number {
  return Math.exp(drawLogGamma(rng, checkShapeParameter("gamma", "shape", shape)));
}

/**
 * A Beta(a, b) draw in [0, 1], formed in log space: never NaN, however small a and b.
 *
 * @param rng - The source of randomness.
 * @param a - Finite, ≥ 1e-300.
 * @param b - Finite, ≥ 1e-300.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function beta(rng: Rng, a: number, b: number): number {
  const logX = drawLogGamma(rng, checkShapeParameter("beta", "a", a));
  const logY = drawLogGamma(rng, checkShapeParameter("beta", "b", b));
  return 1 / (1 + Math.exp(logY - logX));
}
