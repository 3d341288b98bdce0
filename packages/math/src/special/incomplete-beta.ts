import { lbeta } from "./lbeta.ts";

/**
 * The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
 *
 * It converges fast for x < (a + 1)/(a + b + 2).
 */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < 2 ** -52) break;
  }
  return value;
}

/**
 * `log I_x(a, b)`, the regularised incomplete beta function, from log x and log(1 − x), both of which
 * the caller has without cancellation.
 */
export function logIncompleteBeta(logX: number, logY: number, a: number, b: number): number {
  const x = Math.exp(logX);
  const front = a * logX + b * logY - lbeta(a, b);
  if (x < (a + 1) / (a + b + 2)) return front + Math.log(continuedFraction(x, a, b) / a);
  const complement = (Math.exp(front) * continuedFraction(Math.exp(logY), b, a)) / b;
  return Math.log1p(-complement);
}
