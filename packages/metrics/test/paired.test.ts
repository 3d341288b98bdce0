import { describe, expect, test } from "vitest";
import { mcNemarTest, pairedBootstrap, weightedMean } from "../src/index.ts";
import { reference } from "./reference.ts";
import { betaSample } from "./samples.ts";

describe("comparisons", () => {
  test("equal models: difference 0, p = 1", () => {
    const statistic = weightedMean(betaSample(2, 2, 50));
    const result = pairedBootstrap(statistic, statistic, 50, { seed: 1, resamples: 200 });
    expect(result).toEqual({ difference: 0, interval: [0, 0], pValue: 1 });
  });

  test("a clear difference has the smallest p there is", () => {
    const x = betaSample(2, 2, 50);
    const result = pairedBootstrap(weightedMean(x.map((v) => v + 1)), weightedMean(x), 50, {
      seed: 1,
      resamples: 199,
    });
    expect(result.difference).toBeAllclose(1);
    expect(result.pValue).toBe(2 / 200);
  });

  test.each(reference.mcnemar)(
    "McNemar with %i and %i discordant rows, against scipy",
    (b, c, p) => {
      const [onlyA, onlyB] = [b!, c!];
      const a = Uint8Array.from({ length: onlyA + onlyB + 5 }, (_, i) =>
        i < onlyA || i >= onlyA + onlyB ? 1 : 0,
      );
      const other = a.map((x, i) => (i >= onlyA + onlyB ? x : 1 - x));
      // Log-gammas of thousands lose a few digits.
      expect(mcNemarTest(a, other).pValue).toBeAllclose(p!, { rtol: 1e-9 });
      expect(mcNemarTest(a, other)).toMatchObject({ onlyA, onlyB });
    },
  );

  test("McNemar without discordant rows", () => {
    expect(mcNemarTest([1, 0], [1, 0])).toEqual({ onlyA: 0, onlyB: 0, pValue: 1 });
  });
});
