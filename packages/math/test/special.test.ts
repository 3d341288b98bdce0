import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  digamma,
  lbeta,
  lgamma,
  normalQuantile,
  studentTQuantile,
  trigamma,
} from "../src/special.ts";
import fixture from "./fixtures/special.json" with { type: "json" };

const ULP = 2 ** -52;
const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

describe("special functions", () => {
  // The worst error on the grid, in units of the last place: 3, 2, 2, 13.
  test("lgamma, digamma, trigamma agree with mpmath to 3 ulp, next to their zeros too", () => {
    expect(fixture.x.map(lgamma)).toBeAllclose(fixture.lgamma, { rtol: 3 * ULP });
    expect(fixture.x.map(digamma)).toBeAllclose(fixture.digamma, { rtol: 3 * ULP });
    expect(fixture.x.map(trigamma)).toBeAllclose(fixture.trigamma, { rtol: 3 * ULP });
  });

  test("lbeta agrees with mpmath from 1e-300 to 1e17, mixed sizes included", () => {
    for (const [a, b, expected] of fixture.lbeta) {
      expect(lbeta(a!, b!)).toBeAllclose(expected!, { rtol: 13 * ULP, atol: 4e-15 });
      expect(lbeta(b!, a!)).toBe(lbeta(a!, b!));
    }
  });

  test("normalQuantile agrees with mpmath", () => {
    for (const [p, expected] of fixture.normalQuantile) {
      expect(normalQuantile(p!)).toBeAllclose(expected!, { rtol: 3 * ULP });
    }
  });

  test("studentTQuantile agrees with mpmath from the centre to 1e-300", () => {
    for (const [p, df, expected] of fixture.studentTQuantile) {
      expect(studentTQuantile(p!, df!)).toBeAllclose(expected!, { rtol: 1e-13 });
    }
  });

  test("the ends and the outside of each domain", () => {
    expect([lgamma(0), lgamma(1), lgamma(2), lgamma(Infinity)]).toEqual([Infinity, 0, 0, Infinity]);
    expect([digamma(0), digamma(Infinity)]).toEqual([-Infinity, Infinity]);
    expect([trigamma(0), trigamma(1e-200), trigamma(Infinity)]).toEqual([Infinity, Infinity, 0]);
    expect([lbeta(0, 1), lbeta(1, Infinity), lbeta(1, 1)]).toEqual([Infinity, -Infinity, 0]);
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    expect([0, 0.5, 1].map((p) => studentTQuantile(p, 3))).toEqual([-Infinity, 0, Infinity]);
    expect(studentTQuantile(0.9, Infinity)).toBe(normalQuantile(0.9));
    for (const value of [
      lgamma(-0.5),
      digamma(-1),
      trigamma(-1),
      lbeta(-1, 2),
      normalQuantile(1.1),
      studentTQuantile(0.5, 0.9),
      studentTQuantile(-0.1, 3),
      lgamma(Number.NaN),
      digamma(Number.NaN),
      trigamma(Number.NaN),
    ]) {
      expect(value).toBeNaN();
    }
  });

  test("recurrences: lgamma(x+1) = lgamma(x) + log x, and its derivatives", () => {
    fc.assert(
      fc.property(positive, (x) => {
        // x + 1 is rounded, which the slope of each function turns into its own error.
        const lost = ULP * (x + 1);
        const terms = Math.abs(lgamma(x)) + Math.abs(Math.log(x));
        expect(lgamma(x + 1)).toBeAllclose(lgamma(x) + Math.log(x), {
          atol: 8 * ULP * terms + lost * Math.abs(digamma(x + 1)),
        });
        expect(digamma(x + 1)).toBeAllclose(digamma(x) + 1 / x, {
          atol: 8 * ULP * (Math.abs(digamma(x)) + 1 / x) + lost * trigamma(x + 1),
        });
        expect(trigamma(x + 1)).toBeAllclose(trigamma(x) - 1 / (x * x), {
          atol: 8 * ULP * trigamma(x) + 2 * ULP,
        });
      }),
    );
  });

  test("Student's quantile is odd, tends to the normal one, and has closed forms for df 1 and 2", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.499, noNaN: true }), (p) => {
        expect(studentTQuantile(p, 1)).toBeAllclose(-1 / Math.tan(Math.PI * p), { rtol: 1e-12 });
        const centred = 2 * p - 1;
        expect(studentTQuantile(p, 2)).toBeAllclose(
          centred * Math.sqrt(2 / (1 - centred * centred)),
          { rtol: 1e-12 },
        );
        expect(studentTQuantile(1 - p, 7)).toBeAllclose(-studentTQuantile(p, 7), { rtol: 1e-12 });
        expect(studentTQuantile(p, 1e12)).toBeAllclose(normalQuantile(p), { rtol: 1e-10 });
      }),
    );
  });
});
