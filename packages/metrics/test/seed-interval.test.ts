import { describe, expect, test } from "vitest";
import { pairedSeedInterval, seedInterval } from "../src/index.ts";
import extended from "./fixtures/extended.json" with { type: "json" };
import { reference } from "./reference.ts";

describe("seeds", () => {
  test("against scipy", () => {
    // Mean 0.3 and variance 0.025.
    const values = [0.1, 0.2, 0.3, 0.4, 0.5];
    expect(seedInterval(values).interval).toBeAllclose(reference.seedInterval, { rtol: 1e-9 });
    const shifted = values.map((x) => x + 7);
    expect(pairedSeedInterval(shifted, values).mean).toBeAllclose(7);
    expect(pairedSeedInterval(shifted, values).standardDeviation).toBeLessThan(1e-14);
  });

  test.each(extended.paired)(
    "scipy's paired test of $a.length seeds",
    ({ a, b, pValue, interval }) => {
      const ours = pairedSeedInterval(a, b);
      expect(ours.pValue).toBeAllclose(pValue, { rtol: 1e-11 });
      expect(ours.interval).toBeAllclose(interval, { rtol: 1e-9 });
      expect(pairedSeedInterval(b, a).pValue).toBe(ours.pValue);
    },
  );

  test("equal differences are certain, or none", () => {
    expect(pairedSeedInterval([1, 2, 3], [0, 1, 2]).pValue).toBeLessThan(1e-15);
    expect(pairedSeedInterval([1, 2, 3], [1, 2, 3]).pValue).toBe(1);
    expect(pairedSeedInterval([1], [0]).pValue).toBeNaN();
  });

  test("one seed has no interval", () => {
    const { mean, interval } = seedInterval([0.5]);
    expect(mean).toBe(0.5);
    expect(interval).toEqual([Number.NaN, Number.NaN]);
  });
});
