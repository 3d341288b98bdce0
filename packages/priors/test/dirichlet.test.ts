import { logSoftmax, softmax, sum } from "@sd/math";
import { createRng, dirichlet } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows, simplex } from "../../../testing/arbitraries.ts";
import {
  dirichletEntropy,
  dirichletKl,
  dirichletLogDensity,
  dirichletMean,
  dirichletMode,
  dirichletPosterior,
  logMarginalLikelihood,
} from "../src/index.ts";
import fixture from "./fixtures/dirichlet.json" with { type: "json" };

const bad = (x: unknown): never => x as never;
const f64 = (x: readonly number[]): Float64Array => Float64Array.from(x);

describe("against mpmath (and scipy, PyTorch)", () => {
  const shape = [fixture.n, fixture.k];
  const alpha = f64(fixture.alpha);
  const counts = f64(fixture.counts);

  test("mean", () => {
    expect(dirichletMean(alpha, shape)).toBeAllclose(fixture.mean, { rtol: 1e-15 });
  });

  // The terms of the last row are of order 1e6 and cancel down to ten: an ulp of them remains.
  const cancelling = { rtol: 1e-13, atol: 2e-9 };

  test("log density", () => {
    const actual = dirichletLogDensity(f64(fixture.logZ), alpha, shape);
    expect(actual).toBeAllclose(fixture.logDensity, cancelling);
  });

  test("entropy", () => {
    expect(dirichletEntropy(alpha, shape)).toBeAllclose(fixture.entropy, cancelling);
  });

  test("KL divergence", () => {
    expect(dirichletKl(alpha, f64(fixture.gamma), shape)).toBeAllclose(fixture.kl, cancelling);
  });

  test("log marginal likelihood, to 1e-14 also where ln B(α) is of order 1e6", () => {
    expect(logMarginalLikelihood(counts, alpha, shape)).toBeAllclose(
      fixture.logMarginalLikelihood,
      { rtol: 1e-13, atol: 1e-14 },
    );
  });
});

describe("identities", () => {
  test("flat: density ln Γ(k), entropy −ln Γ(k), no divergence from itself", () => {
    const flat = new Float64Array(4).fill(1);
    const point = Float64Array.of(0.1, 0.2, 0.3, 0.4).map(Math.log);
    expect(dirichletLogDensity(point, flat, [4])).toBeAllclose(Math.log(6));
    expect(dirichletEntropy(flat, [4])).toBeAllclose(-Math.log(6));
    expect(dirichletKl(flat, flat, [4])[0]).toBe(0);
  });

  test("α = β exp(t/T): the marginal of a label is softmax(t/T) for every T and β", () => {
    fc.assert(
      fc.property(
        rows(),
        fc.double({ min: 0.5, max: 10, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        ({ logits, shape }, temperature, beta) => {
          const alpha = logits.map((t) => beta * Math.exp(t / temperature));
          expect(dirichletMean(alpha, shape)).toBeAllclose(
            softmax(logits, shape, { temperature }),
            {
              rtol: 1e-13,
            },
          );
        },
      ),
    );
  });

  test("the likelihood of a sequence is the product of its predictive probabilities", () => {
    const alpha = Float64Array.of(0.5, 2, 1);
    const counts = new Float64Array(3);
    let logProbability = 0;
    for (const label of [1, 1, 0, 2, 1]) {
      const posterior = dirichletPosterior(counts, alpha, [3]);
      logProbability += Math.log(dirichletMean(posterior, [3])[label]!);
      counts[label]!++;
    }
    expect(logMarginalLikelihood(counts, alpha, [3])).toBeAllclose(logProbability, { rtol: 1e-14 });
  });

  test("the divergence is not negative, and 0 against itself", () => {
    const concentrations = fc
      .array(fc.double({ min: 0.05, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 })
      .map(f64);
    fc.assert(
      fc.property(concentrations, concentrations, (a, b) => {
        expect(dirichletKl(a, b, [3])[0]).toBeGreaterThan(-1e-11);
        expect(dirichletKl(a, a, [3])[0]).toBeAllclose(0, { atol: 1e-13 });
      }),
    );
  });

  test("entropy is the mean of −log density over draws", () => {
    const alpha = Float64Array.of(2, 3, 0.8);
    const rng = createRng(3);
    const draws = Array.from({ length: 4000 }, () => dirichlet(rng, alpha));
    const densities = draws.map((z) => dirichletLogDensity(z.map(Math.log), alpha, [3])[0]!);
    const average = -sum(densities) / 4000;
    // The standard deviation of the log density is about 1, that of the mean 0.016.
    expect(Math.abs(average - dirichletEntropy(alpha, [3])[0]!)).toBeLessThan(0.064);
  });

  test("no point has a higher density than the mode", () => {
    fc.assert(
      fc.property(simplex(4), simplex(4), (share, point) => {
        const alpha = share.map((v) => 1 + 5 * v);
        const mode = dirichletMode(alpha, [4]).map(Math.log);
        const at = (z: Float64Array): number => dirichletLogDensity(z, alpha, [4])[0]!;
        expect(at(point.map(Math.log))).toBeLessThanOrEqual(at(mode) + 1e-12);
      }),
    );
  });

  test("a face of the simplex: 0 · log 0 = 0 where α = 1, ∓∞ elsewhere", () => {
    const face = Float64Array.of(-Infinity, 0);
    expect(dirichletLogDensity(face, Float64Array.of(1, 3), [2])[0]).toBeAllclose(Math.log(3));
    expect(dirichletLogDensity(face, Float64Array.of(2, 3), [2])[0]).toBe(-Infinity);
    expect(dirichletLogDensity(face, Float64Array.of(0.5, 3), [2])[0]).toBe(Infinity);
  });

  test("−L_MAP − ln B(α) is the log likelihood plus the log density", () => {
    fc.assert(
      fc.property(rows(), ({ logits, labels, shape, n, k }) => {
        const alpha = Float64Array.from({ length: n * k }, (_, j) => 0.5 + (j % 3));
        const logP = logSoftmax(logits, shape);
        const density = dirichletLogDensity(logP, alpha, shape);
        const atOne = dirichletLogDensity(new Float64Array(n * k), alpha, shape); // −ln B(α)
        for (let i = 0; i < n; i++) {
          const own = logP[i * k + labels[i]!]!;
          let map = -own;
          for (let c = 0; c < k; c++) map -= (alpha[i * k + c]! - 1) * logP[i * k + c]!;
          expect(own + density[i]!).toBeAllclose(-map + atOne[i]!, { rtol: 1e-11, atol: 1e-11 });
        }
      }),
    );
  });
});

describe("arguments", () => {
  const one = Float64Array.of(1, 2);

  test("out is filled and returned, in its own type", () => {
    for (const call of [
      (out: Float32Array) => dirichletMean(one, [2], { out }),
      (out: Float32Array) => dirichletPosterior(one, one, [2], { out }),
      (out: Float32Array) => dirichletMode(Float64Array.of(2, 3), [2], { out }),
    ]) {
      const out = new Float32Array(2);
      expect(call(out)).toBe(out);
    }
    const scalar = new Float32Array(1);
    expect(dirichletEntropy(one, [2], { out: scalar })).toBe(scalar);
    expect(dirichletKl(one, one, [2], { out: scalar })).toBe(scalar);
    expect(dirichletLogDensity(one, one, [2], { out: scalar })).toBe(scalar);
    expect(logMarginalLikelihood(one, one, [2], { out: scalar })).toBe(scalar);
  });

  test.each([
    [() => dirichletMean(Float64Array.of(0, 1), [2]), "DOMAIN", "concentration"],
    [() => dirichletMean(one, [3]), "SHAPE", "concentration"],
    [() => dirichletMean(bad([1, 2]), [2]), "TYPE_MISMATCH", "concentration"],
    [() => dirichletMean(one, bad(2)), "TYPE_MISMATCH", "shape"],
    [() => dirichletEntropy(Float64Array.of(Number.NaN, 1), [2]), "DOMAIN", "concentration"],
    [() => dirichletKl(one, Float64Array.of(1, -1), [2]), "DOMAIN", "reference"],
    [() => dirichletLogDensity(new Float64Array(3), one, [2]), "SHAPE", "logProbs"],
    [() => dirichletPosterior(Float64Array.of(-1, 0), one, [2]), "DOMAIN", "counts"],
    [() => logMarginalLikelihood(Float64Array.of(1), one, [2]), "SHAPE", "counts"],
    [() => dirichletMean(one, [2], { out: new Float64Array(3) }), "SHAPE", "out"],
  ])("bad input %#", (call, code, argument) => {
    expect(call).toThrow(expect.objectContaining({ code, argument }));
  });
});
