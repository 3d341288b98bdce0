import { describe, expect, test } from "vitest";
import { intervalOf } from "../src/bootstrap-interval.ts";
import { bootstrap, bootstrapInterval, weightedMean } from "../src/index.ts";
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
