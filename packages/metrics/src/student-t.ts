/**
 * The two-sided p-value of Student's t with a whole number of degrees of freedom, `P(|T| ≥ |t|)`.
 *
 * The finite sums in θ = atan(|t|/√ν) of Abramowitz & Stegun 26.7.3 and 26.7.4.
 *
 * @param t - The statistic; ±Infinity gives 0.
 * @param degrees - ν ≥ 1.
 */
export function studentTPValue(t: number, degrees: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  const theta = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let j = odd ? 3 : 2; j <= degrees - 2; j += 2) {
    term *= (cosine * cosine * (j - 1)) / j;
    sum += term;
  }
  const inside = odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
  return Math.min(1, Math.max(0, 1 - inside));
}
