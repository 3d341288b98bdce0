import { describe, expect, test } from "vitest";
import { pairedSeedInterval, seedInterval } from "../src/index.ts";
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

  test("one seed has no interval", () => {
    const { mean, interval } = seedInterval([0.5]);
    expect(mean).toBe(0.5);
    expect(interval).toEqual([Number.NaN, Number.NaN]);
  });
});
