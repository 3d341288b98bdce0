import { mean, sum } from "@sd/math";
import { createRng, type Rng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sortedBeta, sortedBetaWithComplement } from "../src/index.ts";
import fixture from "./fixtures/beta_smoothing.json" with { type: "json" };

const shapes = fc.double({ min: 0.05, max: 50, noNaN: true });
/** A generator whose uniforms are given. */
const replay = (uniforms: readonly number[]): Rng => {
  const left = [...uniforms];
  return { uniform: () => left.shift()! } as Rng;
};

describe("sortedBeta", () => {
  test("agrees with numpy on given uniforms", () => {
    const draws = sortedBeta(replay(fixture.uniforms), fixture.m, fixture.a);
    expect(draws).toBeAllclose(fixture.sorted, { rtol: 1e-14 });
  });

  test("is ascending, in [0, 1], the same for the same seed, and one uniform a draw", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(60), shapes, (seed, m, a) => {
        const rng = createRng(seed);
        const draws = sortedBeta(rng, m, a);
        expect(draws.length).toBe(m);
        expect(draws.every((b, i) => b >= 0 && b <= 1 && (i === 0 || b >= draws[i - 1]!))).toBe(
          true,
        );
        expect(sortedBeta(createRng(seed), m, a)).toEqual(draws);
        expect(rng.state().position).toBe(2 * m);
      }),
    );
  });

  test.each([[0.3], [1], [3], [20]])("a = %d: mean a/(a+1), variance a/((a+1)²(a+2)), KS", (a) => {
    const m = 20_000;
    const draws = sortedBeta(createRng(42), m, a);
    const expected = a / (a + 1);
    const variance = a / ((a + 1) ** 2 * (a + 2));
    expect(Math.abs(mean(draws) - expected)).toBeLessThan(4 * Math.sqrt(variance / m));
    const spread = mean(draws.map((b) => (b - expected) ** 2));
    expect(Math.abs(spread / variance - 1)).toBeLessThan(0.05);
    // Already sorted: √m · sup |F_m − F| with F(b) = b^a; 1.95 is its 99.9% point.
    const gaps = Array.from(draws, (b, i) => Math.max(b ** a - i / m, (i + 1) / m - b ** a));
    expect(Math.sqrt(m) * Math.max(...gaps)).toBeLessThan(1.95);
  });

  test("each order statistic has its own distribution: b_(i)^a is Beta(i, m+1−i)", () => {
    const m = 5;
    const rng = createRng(7);
    const batches = Array.from({ length: 8000 }, () => sortedBeta(rng, m, 2));
    for (let i = 1; i <= m; i++) {
      const u = batches.map((draws) => draws[i - 1]! ** 2);
      const variance = (i * (m + 1 - i)) / ((m + 1) ** 2 * (m + 2));
      expect(Math.abs(mean(u) - i / (m + 1))).toBeLessThan(4 * Math.sqrt(variance / 8000));
      const spread = mean(u.map((v) => (v - i / (m + 1)) ** 2));
      expect(Math.abs(spread / variance - 1)).toBeLessThan(0.1);
    }
    // The correlation of the extremes, 1/m, shows that a batch is one sample, not m separate ones.
    const [low, high] = [0, m - 1].map((i) => batches.map((draws) => draws[i]! ** 2));
    const [ml, mh] = [mean(low!), mean(high!)];
    const covariance = sum(low!.map((v, j) => (v - ml) * (high![j]! - mh))) / 8000;
    const variance = m / ((m + 1) ** 2 * (m + 2));
    expect(Math.abs(covariance / variance - 1 / m)).toBeLessThan(0.06);
  });

  test("tiny a underflows to 0 and is never NaN", () => {
    const draws = sortedBeta(createRng(1), 200, 1e-6);
    expect(draws[0]).toBe(0);
    expect(draws.some(Number.isNaN)).toBe(false);
  });

  test("the complement is 1 − b, with digits of its own where b rounds to 1", () => {
    const { b, complement } = sortedBetaWithComplement(createRng(3), 500, 1e18);
    expect(b.every((v) => v === 1)).toBe(true);
    expect(complement.every((v) => v >= 0 && v < 1e-15)).toBe(true);
    expect(complement.some((v) => v > 0)).toBe(true);
    const plain = sortedBetaWithComplement(createRng(3), 50, 2);
    expect(plain.b).toEqual(sortedBeta(createRng(3), 50, 2));
    expect(plain.complement).toBeAllclose(
      plain.b.map((v) => 1 - v),
      { rtol: 1e-12, atol: 2e-16 },
    );
  });

  test("out is filled and returned, in its own type", () => {
    const out = new Float32Array(8);
    expect(sortedBeta(createRng(5), 8, 3, out)).toBe(out);
    expect(out).toEqual(Float32Array.from(sortedBeta(createRng(5), 8, 3)));
    expect(sortedBeta(createRng(5), 0, 3)).toEqual(new Float64Array(0));
  });

  test.each([
    [-1, 3, "DOMAIN", "m"],
    [1.5, 3, "DOMAIN", "m"],
    [5, 0, "DOMAIN", "a"],
    [5, Number.NaN, "DOMAIN", "a"],
    [5, Infinity, "DOMAIN", "a"],
    ["5" as never, 1, "TYPE_MISMATCH", "m"],
  ])("bad input m = %o, a = %o", (m, a, code, argument) => {
    for (const draw of [sortedBeta, sortedBetaWithComplement]) {
      expect(() => draw(createRng(0), m, a)).toThrow(expect.objectContaining({ code, argument }));
    }
    expect(() => sortedBeta(createRng(0), 2, 1, new Float64Array(3))).toThrow("out");
  });
});
