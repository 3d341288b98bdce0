import { describe, expect, test } from "vitest";
import { intervalOf } from "../src/bootstrap.ts";
import {
  bootstrap,
  bootstrapInterval,
  mcNemarTest,
  pairedBootstrap,
  pairedSeedInterval,
  seedInterval,
  weightedMean,
} from "../src/index.ts";
import { normalCdf } from "../src/normal-cdf.ts";
import { quantileOfSorted } from "../src/quantile.ts";
import { reference } from "./reference.ts";
import { betaSample } from "./samples.ts";

const { data, samples, value } = reference.bootstrap;

/** Variance with divisor Σ w. */
const variance = (weights: Int32Array): number => {
  const count = weights.reduce((a, b) => a + b, 0);
  const centre = data.reduce((sum, x, i) => sum + weights[i]! * x, 0) / count;
  return data.reduce((sum, x, i) => sum + weights[i]! * (x - centre) ** 2, 0) / count;
};

describe("intervals from scipy's resamples", () => {
  const jackknife = (): Float64Array =>
    Float64Array.from(data, (_, i) => variance(Int32Array.from(data, (_, j) => (i === j ? 0 : 1))));

  test.each(["percentile", "basic", "bca"] as const)("%s", (method) => {
    const interval = intervalOf(method, Float64Array.from(samples), { value, jackknife });
    expect(interval).toBeAllclose(reference.bootstrap[method], { rtol: 1e-10 });
  });

  test("basic intervals are clipped", () => {
    const interval = intervalOf("basic", Float64Array.of(1, 2, 3), { value: 0.5, range: [0, 1] });
    expect(interval[0]).toBe(0);
  });
});

describe("bootstrap", () => {
  test("resamples of a mean have its deviation, and every row is drawn equally", () => {
    const x = betaSample(2, 5, 400);
    const { mean, first } = bootstrap({ mean: weightedMean(x), first: (w) => w[0]! }, 400, {
      resamples: 4000,
      seed: 3,
    });
    const centre = x.reduce((a, b) => a + b, 0) / 400;
    const expected = Math.sqrt(x.reduce((a, b) => a + (b - centre) ** 2, 0) / 400 / 400);
    const average = mean.reduce((a, b) => a + b, 0) / 4000;
    const deviation = Math.sqrt(mean.reduce((a, b) => a + (b - average) ** 2, 0) / 4000);
    // The deviation of a deviation from 4000 values is 1.1 %.
    expect(deviation).toBeAllclose(expected, { rtol: 0.05 });
    expect(average).toBeAllclose(centre, { atol: 5 * (expected / Math.sqrt(4000)) });
    expect(first.reduce((a, b) => a + b, 0) / 4000).toBeAllclose(1, { atol: 0.08 });
  });

  test("statistics share their resamples; seed and n decide them", () => {
    const w = (weights: Int32Array) => weights[0]! * 100 + weights[1]!;
    const { a, b } = bootstrap({ a: w, b: w }, 5, { resamples: 50, seed: 1 });
    expect(a).toEqual(b);
    expect(bootstrap({ c: w }, 5, { resamples: 50, seed: 1 }).c).toEqual(a);
    expect(bootstrap({ c: w }, 5, { resamples: 50, seed: 2 }).c).not.toEqual(a);
  });

  test("an infinite loss of a row that was not drawn does not become NaN", () => {
    expect(weightedMean([Infinity, 1])(Int32Array.of(0, 2))).toBe(1);
  });
});

describe("bootstrapInterval", () => {
  test.each(["percentile", "basic", "bca"] as const)(
    "%s covers about 95 %% of the time",
    (method) => {
      let covered = 0;
      const trials = 200;
      for (let trial = 0; trial < trials; trial++) {
        const x = betaSample(2, 2 + trial * 1e-9, 100);
        const { interval } = bootstrapInterval(weightedMean(x), 100, {
          method,
          seed: trial,
          resamples: 300,
        });
        if (interval![0] <= 0.5 && 0.5 <= interval![1]) covered++;
      }
      // Binomial(200, 0.95) is below 175 with probability 1e-5.
      expect(covered).toBeGreaterThanOrEqual(175);
    },
  );

  test("a constant has no width", () => {
    const estimate = bootstrapInterval(weightedMean(new Float64Array(9).fill(0.25)), 9, {
      seed: 1,
    });
    expect(estimate).toEqual({ value: 0.25, interval: [0.25, 0.25], method: "percentile" });
  });
});

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

describe("numerics", () => {
  test.each(reference.normalCdf)("Φ(%f)", (x, expected) => {
    expect(normalCdf(x!)).toBeAllclose(expected!, { rtol: 1e-12, atol: 1e-300 });
  });

  test.each(reference.quantiles)("quantile %f as numpy", (q, expected) => {
    const sorted = Float64Array.from(reference.sample).sort();
    expect(quantileOfSorted(sorted, q!)).toBeAllclose(expected!);
  });

  test("quantiles of nothing, of NaN and between infinities", () => {
    expect(quantileOfSorted(new Float64Array(0), 0.5)).toBeNaN();
    expect(quantileOfSorted(Float64Array.of(1, Number.NaN), 0)).toBeNaN();
    expect(quantileOfSorted(Float64Array.of(-Infinity, -Infinity), 0.5)).toBe(-Infinity);
  });
});
