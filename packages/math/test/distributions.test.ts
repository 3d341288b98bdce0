// The continuous draws: Kolmogorov–Smirnov against the exact distribution, and moments.
import { describe, expect, test } from "vitest";
import { mean, sum } from "../src/index.ts";
import {
  beta,
  createRng,
  dirichlet,
  exponential,
  gamma,
  logDirichlet,
  logGammaVariate,
  normal,
  type Rng,
} from "../src/random.ts";
import { digamma, normalQuantile, trigamma } from "../src/special.ts";

const N = 20_000;
const draws = (seed: number, draw: (rng: Rng) => number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: N }, () => draw(rng));
};
const variance = (x: readonly number[]): number => {
  const m = mean(x);
  return mean(x.map((v) => (v - m) ** 2));
};
/** √n · sup |F_n − F|; above 1.95 with probability 0.001 for the right F. */
const kolmogorov = (x: readonly number[], cdf: (v: number) => number): number => {
  const u = x.map(cdf).sort((a, b) => a - b);
  const gaps = u.map((v, i) => Math.max(v - i / N, (i + 1) / N - v));
  return Math.sqrt(N) * Math.max(...gaps);
};

describe("continuous draws", () => {
  test("exponential", () => {
    const x = draws(1, exponential);
    expect(kolmogorov(x, (v) => -Math.expm1(-v))).toBeLessThan(1.95);
  });

  test("normal: quantiles, moments, symmetric cells, two words each", () => {
    const x = draws(2, normal);
    const levels = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
    for (const p of levels) {
      const share = x.filter((v) => v <= normalQuantile(p)).length / N;
      expect(Math.abs(share - p)).toBeLessThan(1.95 / Math.sqrt(N));
    }
    expect(Math.abs(mean(x))).toBeLessThan(4 / Math.sqrt(N));
    expect(Math.abs(variance(x) - 1)).toBeLessThan(4 * Math.sqrt(2 / N));
    const low = normal({ ...createRng(0), uint32: () => 0 });
    const high = normal({ ...createRng(0), uint32: () => 2 ** 32 - 1 });
    expect(high).toBeAllclose(-low, { rtol: 1e-14 });
    expect(low).toBeLessThan(-8);
    const rng = createRng(0);
    normal(rng);
    expect(rng.state().position).toBe(2);
  });

  test.each([[1], [2], [0.5]])("gamma(%d) against its closed form", (shape) => {
    const x = draws(3, (rng) => gamma(rng, shape));
    // Gamma(½): the square of a normal over 2, whose cdf is erf(√x); 1 and 2 are elementary.
    if (shape === 1) expect(kolmogorov(x, (v) => -Math.expm1(-v))).toBeLessThan(1.95);
    if (shape === 2) expect(kolmogorov(x, (v) => 1 - (1 + v) * Math.exp(-v))).toBeLessThan(1.95);
    if (shape === 0.5) {
      for (const p of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const q = normalQuantile(0.5 + p / 2) ** 2 / 2;
        expect(Math.abs(x.filter((v) => v <= q).length / N - p)).toBeLessThan(1.95 / Math.sqrt(N));
      }
    }
  });

  test.each([[1e-4], [0.3], [1], [4.5], [1000]])(
    "log gamma(%d) has mean ψ(a) and variance ψ′(a)",
    (shape) => {
      const x = draws(4, (rng) => logGammaVariate(rng, shape));
      const sd = Math.sqrt(trigamma(shape));
      expect(x.every(Number.isFinite)).toBe(true);
      expect(Math.abs(mean(x) - digamma(shape))).toBeLessThan((4 * sd) / Math.sqrt(N));
      // The excess kurtosis of a log gamma is at most 6, that of the exponential.
      expect(Math.abs(variance(x) / sd ** 2 - 1)).toBeLessThan(4 * Math.sqrt(8 / N));
    },
  );

  test("beta(a, 1) and beta(1, b) against their closed forms", () => {
    expect(
      kolmogorov(
        draws(5, (rng) => beta(rng, 3, 1)),
        (v) => v ** 3,
      ),
    ).toBeLessThan(1.95);
    expect(
      kolmogorov(
        draws(6, (rng) => beta(rng, 1, 2.5)),
        (v) => 1 - (1 - v) ** 2.5,
      ),
    ).toBeLessThan(1.95);
  });

  test("beta is never NaN and picks its ends with the right odds for tiny parameters", () => {
    const x = draws(7, (rng) => beta(rng, 1e-4, 3e-4));
    expect(x.every((v) => v >= 0 && v <= 1)).toBe(true);
    expect(Math.abs(mean(x) - 0.25)).toBeLessThan((4 * Math.sqrt(0.1875)) / Math.sqrt(N));
    expect(beta(createRng(1), 1e-300, 1e-300)).not.toBeNaN();
  });

  test.each([[[1e-4, 1e-4, 1e-4]], [[0.5, 2, 7]], [[1, 1, 1, 1]], [[1e3, 1]], [[1e-300, 1e-300]]])(
    "dirichlet(%o) is on the simplex with the right mean",
    (concentration) => {
      const rng = createRng(8);
      const total = sum(concentration);
      const sums = new Float64Array(concentration.length);
      for (let i = 0; i < 4000; i++) {
        const draw = dirichlet(rng, concentration);
        expect(draw.every((v) => v >= 0 && v <= 1)).toBe(true);
        expect(sum(draw)).toBeAllclose(1, { rtol: 4e-16 });
        draw.forEach((v, c) => {
          sums[c]! += v;
        });
      }
      concentration.forEach((a, c) => {
        const m = a / total;
        expect(Math.abs(sums[c]! / 4000 - m)).toBeLessThan(
          4 * Math.sqrt((m * (1 - m)) / (1 + total) / 4000),
        );
      });
    },
  );

  test("logDirichlet is the logarithm of dirichlet, finite where that underflows", () => {
    const concentration = [1e-3, 0.5, 2];
    const p = dirichlet(createRng(9), concentration);
    const logP = logDirichlet(createRng(9), concentration);
    expect(logP.map(Math.exp)).toBeAllclose(p, { rtol: 1e-12, atol: 1e-300 });
    const tiny = logDirichlet(createRng(9), [1e-4, 1e-4]);
    expect(tiny.every(Number.isFinite)).toBe(true);
    const out = new Float32Array(3);
    expect(dirichlet(createRng(9), concentration, out)).toBe(out);
  });

  test.each([
    [(rng: Rng) => gamma(rng, 0), "DOMAIN", "shape"],
    [(rng: Rng) => logGammaVariate(rng, Number.NaN), "DOMAIN", "shape"],
    [(rng: Rng) => beta(rng, -1, 1), "DOMAIN", "a"],
    [(rng: Rng) => beta(rng, 1, Infinity), "DOMAIN", "b"],
    [(rng: Rng) => dirichlet(rng, []), "SHAPE", "concentration"],
    [(rng: Rng) => dirichlet(rng, [1, 0]), "DOMAIN", "concentration"],
    [(rng: Rng) => logDirichlet(rng, [1, -2]), "DOMAIN", "concentration"],
    [(rng: Rng) => dirichlet(rng, [1, 1], new Float64Array(3)), "SHAPE", "out"],
  ])("bad input %#", (call, code, argument) => {
    expect(() => call(createRng(0))).toThrow(expect.objectContaining({ code, argument }));
  });
});
