/**
 * The sum of `x` with Neumaier's compensation: exact up to a rounding or two however long `x` is.
 *
 * @param x - Numbers; an infinity or NaN among them gives what plain addition gives.
 * @returns The sum, 0 for none.
 *
 * Reference: Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen".
 *
 * @example
 * ```ts
 * import { sum } from "@sd/math";
 *
 * console.log(sum([1, 1e100, 1, -1e100])); // 2
 * ```
 */
export function sum(x: ArrayLike<number>): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const next = total + value;
    // What the addition rounded away from the smaller of the two.
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

/**
 * The arithmetic mean of `x`, from the compensated {@link sum}.
 *
 * @param x - Numbers.
 * @returns The mean, NaN for none.
 */
export function mean(x: ArrayLike<number>): number {
  return sum(x) / x.length;
}
