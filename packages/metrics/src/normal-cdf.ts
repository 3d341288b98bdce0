/** 1 − Φ(x) for x ≥ 3 by the continued fraction of Mills' ratio, from the inside out. */
function upperTail(x: number): number {
  let fraction = x;
  for (let i = 60; i > 0; i--) fraction = x + i / fraction;
  return Math.exp((-x * x) / 2) / (Math.sqrt(2 * Math.PI) * fraction);
}

/**
 * The standard normal distribution function Φ, to about 1e-15 absolute.
 *
 * Reference: Marsaglia 2004, "Evaluating the normal distribution", for the series.
 */
export function normalCdf(x: number): number {
  if (x < -3) return upperTail(-x);
  if (x > 3) return 1 - upperTail(x);
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > 1e-18; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
