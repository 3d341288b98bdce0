import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import { log1mexp, logit, logSigmoid, sigmoid, softplus, xlogy } from "../src/index.ts";

describe("scalars", () => {
  test("xlogy is 0 at x = 0 for every y but NaN", () => {
    for (const y of [0, 1, -1, Infinity]) expect(xlogy(0, y)).toBe(0);
    expect(xlogy(0, Number.NaN)).toBeNaN();
    expect(xlogy(2, Math.E)).toBeCloseTo(2, 15);
    expect(xlogy(1, 0)).toBe(-Infinity);
  });

  test("log1mexp keeps the digits of both ends", () => {
    // log(1 − exp(−x)) = log x − x/2 + x²/24 − … for small x, −exp(−x) for large ones.
    expect(log1mexp(1e-20)).toBeAllclose(Math.log(1e-20), { rtol: 4e-16 });
    expect(log1mexp(50)).toBeAllclose(-Math.exp(-50), { rtol: 4e-16 });
    expect(log1mexp(Math.LN2)).toBeAllclose(-Math.LN2, { rtol: 4e-16 });
    expect(log1mexp(0)).toBe(-Infinity);
    expect(log1mexp(-1)).toBeNaN();
  });

  test("softplus and logSigmoid are finite, and linear or exponential in the tails", () => {
    expect(softplus(1e4)).toBe(1e4);
    expect(softplus(-1e4)).toBe(0);
    expect(softplus(0)).toBe(Math.LN2);
    expect(softplus(-40)).toBeAllclose(Math.exp(-40), { rtol: 4e-16 });
    expect(logSigmoid(-1e4)).toBe(-1e4);
  });

  test("softplus(x) − softplus(−x) = x; sigmoid(x) + sigmoid(−x) = 1; exp(logSigmoid) = sigmoid", () => {
    fc.assert(
      fc.property(finite(700), (x) => {
        expect(softplus(x) - softplus(-x)).toBeAllclose(x, { rtol: 1e-15, atol: 2e-16 });
        expect(sigmoid(x) + sigmoid(-x)).toBeAllclose(1, { rtol: 2e-16 });
        // exp multiplies the relative error of its argument by that argument.
        expect(Math.exp(logSigmoid(x))).toBeAllclose(sigmoid(x), { rtol: 3e-13 });
      }),
    );
  });

  test("logit inverts sigmoid and is exact at the ends and at ½", () => {
    expect([logit(0), logit(1), logit(0.5)]).toEqual([-Infinity, Infinity, 0]);
    expect(logit(1.5)).toBeNaN();
    // 2 · (p − ½) / (½) at first order: nothing is lost next to ½.
    expect(logit(0.5 + 2 ** -50)).toBeAllclose(4 * 2 ** -50, { rtol: 1e-14 });
    fc.assert(
      fc.property(finite(20), (x) => {
        // For large x, 1 − p has lost exp(x) ulps.
        const tolerance = 4e-16 * (1 + Math.exp(Math.abs(x)));
        expect(logit(sigmoid(x))).toBeAllclose(x, { rtol: 1e-15, atol: tolerance });
      }),
    );
  });
});
