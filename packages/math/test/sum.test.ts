import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import { mean, sum } from "../src/index.ts";

describe("sum and mean", () => {
  test("what cancels leaves the small terms behind", () => {
    expect(sum([1, 1e100, 1, -1e100])).toBe(2);
    expect(sum(Float64Array.from({ length: 10 }, () => 0.1))).toBe(1);
  });

  test("nothing sums to 0 and has no mean", () => {
    expect(sum([])).toBe(0);
    expect(mean([])).toBeNaN();
  });

  test("infinities and NaN come through", () => {
    expect(sum([1, Infinity, 2])).toBe(Infinity);
    expect(sum([Infinity, -Infinity])).toBeNaN();
    expect(sum([1, Number.NaN])).toBeNaN();
  });

  test("x followed by −x sums to 0, in any order of equal magnitudes", () => {
    fc.assert(
      fc.property(fc.array(finite(1e6), { maxLength: 40 }), (x) => {
        expect(Math.abs(sum([...x, ...x.map((v) => -v)]))).toBeLessThan(
          1e-18 * 1e6 * x.length + 1e-300,
        );
      }),
    );
  });

  test("the mean lies within the range", () => {
    fc.assert(
      fc.property(fc.array(finite(), { minLength: 1, maxLength: 40 }), (x) => {
        const slack = 1e-14;
        expect(mean(x)).toBeGreaterThanOrEqual(Math.min(...x) - slack);
        expect(mean(x)).toBeLessThanOrEqual(Math.max(...x) + slack);
      }),
    );
  });
});
