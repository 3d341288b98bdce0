import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  betaFromEpsilon,
  betaFromHardWeight,
  concentrationFromExcess,
  epsilonAllFromOthers,
  epsilonFromBeta,
  epsilonOthersFromAll,
  epsilonOthersFromBetaSmoothing,
  hardWeightFromBeta,
  hardWeightFromSoftWeight,
} from "../src/index.ts";

describe("conversions", () => {
  test("hand values", () => {
    expect(betaFromEpsilon(0.1)).toBeAllclose(1 / 9, { rtol: 1e-15 });
    expect(epsilonFromBeta(1.5)).toBe(0.6);
    expect(hardWeightFromBeta(1.5)).toBe(0.4);
    expect(betaFromHardWeight(0.4)).toBeAllclose(1.5, { rtol: 1e-15 });
    expect(hardWeightFromSoftWeight(0.4)).toBe(0.6);
    expect(epsilonAllFromOthers(0.09, 10)).toBeAllclose(0.1, { rtol: 1e-15 });
    expect(epsilonOthersFromAll(0.1, 10)).toBeAllclose(0.09, { rtol: 1e-15 });
    // a = 3, β = 1.5: 0.6 of the mass is the prior's, a quarter of that lies on the others.
    expect(epsilonOthersFromBetaSmoothing(1.5, 3)).toBeAllclose(0.15, { rtol: 1e-15 });
  });

  test("are inverse to each other, and ε = 1 − hard weight", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.integer({ min: 2, max: 1000 }),
        (beta, k) => {
          const close = { rtol: 1e-13, atol: 1e-15 };
          const epsilon = epsilonFromBeta(beta);
          expect(betaFromEpsilon(epsilon)).toBeAllclose(beta, close);
          expect(betaFromHardWeight(hardWeightFromBeta(beta))).toBeAllclose(beta, close);
          expect(epsilon + hardWeightFromBeta(beta)).toBeAllclose(1, close);
          expect(epsilonAllFromOthers(epsilonOthersFromAll(epsilon, k), k)).toBeAllclose(
            epsilon,
            close,
          );
        },
      ),
    );
    for (const k of [2, 3, 10, 100, 1000]) {
      expect(epsilonAllFromOthers((k - 1) / k, k)).toBe(1);
    }
  });

  test.each([
    [() => betaFromEpsilon(1), "epsilon"],
    [() => betaFromEpsilon(-0.1), "epsilon"],
    [() => epsilonFromBeta(-1), "beta"],
    [() => epsilonFromBeta(Infinity), "beta"],
    [() => hardWeightFromBeta(Number.NaN), "beta"],
    [() => betaFromHardWeight(0), "hardWeight"],
    [() => betaFromHardWeight(1.1), "hardWeight"],
    [() => hardWeightFromSoftWeight(2), "softWeight"],
    [() => epsilonAllFromOthers(0.95, 10), "epsilon"],
    [() => epsilonAllFromOthers(0.1, 1), "classes"],
    [() => epsilonOthersFromAll(1.1, 10), "epsilon"],
    [() => epsilonOthersFromAll(0.1, 2.5), "classes"],
    [() => epsilonOthersFromBetaSmoothing(-1, 3), "beta"],
    [() => epsilonOthersFromBetaSmoothing(1, 0), "betaA"],
    [() => concentrationFromExcess(Float64Array.of(-0.5)), "excess"],
  ])("bad input %#", (call, argument) => {
    expect(call).toThrow(expect.objectContaining({ code: "DOMAIN", argument }));
  });

  test("concentrationFromExcess adds 1, in place too", () => {
    const excess = Float32Array.of(0, 0.5);
    expect(concentrationFromExcess(excess)).toEqual(Float64Array.of(1, 1.5));
    expect(concentrationFromExcess(excess, { out: excess })).toEqual(Float32Array.of(1, 1.5));
  });
});
