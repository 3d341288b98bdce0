/** `Σ_j c_j x^j` by Horner's rule. */
export function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let j = coefficients.length - 1; j >= 0; j--) value = value * x + coefficients[j]!;
  return value;
}
