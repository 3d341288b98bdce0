import { describe, expect, test } from "vitest";
import { normalCdf } from "../src/normal-cdf.ts";
import { quantileOfSorted, quantiles } from "../src/quantile.ts";
import { reference } from "./reference.ts";

describe("numerics", () => {
  test.each(reference.normalCdf)("Φ(%f)", (x, expected) => {
    expect(normalCdf(x!)).toBeAllclose(expected!, { rtol: 1e-12, atol: 1e-300 });
  });

  test.each(reference.quantiles)("quantile %f as numpy", (q, expected) => {
    const sorted = Float64Array.from(reference.sample).sort();
    expect(quantileOfSorted(sorted, q!)).toBeAllclose(expected!);
  });

  test("many quantiles as one by one, in any order of the values", () => {
    const [probabilities, expected] = [0, 1].map((i) => reference.quantiles.map((q) => q[i]!));
    expect(quantiles(reference.sample, probabilities!)).toBeAllclose(expected!);
    expect(quantiles([...reference.sample].reverse(), probabilities!)).toBeAllclose(expected!);
    expect(quantiles([], [0.5])).toEqual([Number.NaN]);
  });

  test("quantiles of nothing, of NaN and between infinities", () => {
    expect(quantileOfSorted(new Float64Array(0), 0.5)).toBeNaN();
    expect(quantileOfSorted(Float64Array.of(1, Number.NaN), 0)).toBeNaN();
    expect(quantileOfSorted(Float64Array.of(-Infinity, -Infinity), 0.5)).toBe(-Infinity);
    expect(quantileOfSorted(Float64Array.of(0, 1, Infinity), 0.5)).toBe(1);
    expect(quantileOfSorted(Float64Array.of(0, 1, Infinity), 0.75)).toBe(Infinity);
  });
});
