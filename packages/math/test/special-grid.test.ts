// The accuracy that is promised, in units in the last place, on a grid from 1e-300 to 1e300.
import { describe, expect, test } from "vitest";
import { digamma, lbeta, lgamma, trigamma } from "../src/special.ts";
import grid from "./fixtures/special_grid.json" with { type: "json" };

const BAR = 4;
const bits = new DataView(new ArrayBuffer(8));

/** The distance from |x| to the next larger double. */
function ulp(x: number): number {
  bits.setFloat64(0, Math.abs(x));
  bits.setBigInt64(0, bits.getBigInt64(0) + 1n);
  return bits.getFloat64(0) - Math.abs(x);
}

/** The arguments whose results miss the bar, with how far they do. */
function misses(f: (x: number) => number, expected: readonly (number | null)[]): unknown[] {
  return grid.x.flatMap((x, i) => {
    // null is an infinity, which JSON lacks.
    const [actual, wanted] = [f(x), expected[i] ?? Infinity];
    if (actual === wanted) return [];
    const off = Math.abs(actual - wanted) / ulp(wanted);
    return off <= BAR ? [] : [{ x, actual, wanted, off }];
  });
}

describe("gamma functions from 1e-300 to 1e300, dense about 1, 2 and the zero of digamma", () => {
  test.each([
    ["lgamma", lgamma, grid.lgamma],
    ["digamma", digamma, grid.digamma],
    ["trigamma", trigamma, grid.trigamma],
  ] as const)("%s is within 4 ulp of mpmath", (_, f, expected) => {
    expect(grid.x.length).toBeGreaterThan(500);
    expect(misses(f, expected)).toEqual([]);
  });

  test("lbeta is within 4 ulp of the largest of 1, |lgamma a|, |lgamma b|, |lgamma(a + b)|", () => {
    expect(grid.lbeta.length).toBeGreaterThan(400);
    const missed = grid.lbeta.filter(([a, b, wanted]) => {
      const terms = [a!, b!, a! + b!].map((x) => Math.abs(lgamma(x)));
      const bar = BAR * ulp(Math.max(1, ...terms));
      return [lbeta(a!, b!), lbeta(b!, a!)].some((actual) => !(Math.abs(actual - wanted!) <= bar));
    });
    expect(missed).toEqual([]);
  });
});
