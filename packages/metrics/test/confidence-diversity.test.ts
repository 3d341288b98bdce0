import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { confidenceDiversity, differentialEntropy, type EntropyEstimator } from "../src/index.ts";
import { LABELS, LOGITS, reference, SHAPE } from "./reference.ts";
import { betaSample } from "./samples.ts";

const ESTIMATORS = ["ebrahimi", "vasicek", "vanEs", "correa", "knn"] as const;

/** Two-class logits whose first class has probability p. */
const twoClass = (p: Float64Array): Float64Array =>
  Float64Array.from({ length: 2 * p.length }, (_, j) =>
    j % 2 ? 0 : Math.log(p[j >> 1]!) - Math.log1p(-p[j >> 1]!),
  );

describe("differentialEntropy", () => {
  test.each(Object.entries(reference.entropy))("%s against scipy", (estimator, expected) => {
    const sample = Float64Array.from(reference.sample);
    expect(differentialEntropy(sample, { estimator: estimator as EntropyEstimator })).toBeAllclose(
      expected,
    );
  });

  test("the third neighbour and the histogram by hand", () => {
    // Of 0, 1, 3, 7 the third neighbours lie at 7, 6, 4, 7; ψ(4) − ψ(3) = 1/3.
    const expected = 1 / 3 + Math.LN2 + Math.log(7 * 6 * 4 * 7) / 4;
    expect(differentialEntropy(Float64Array.of(3, 0, 7, 1), { estimator: "knn" })).toBeAllclose(
      expected,
    );
    const values = Float64Array.of(0.01, 0.02, 0.99, 1);
    expect(differentialEntropy(values, { estimator: "histogram" })).toBeAllclose(-Math.log(10));
  });

  test.each([
    ["Uniform", 1, 1, 0],
    ["Beta(5, 1)", 5, 1, 1 - 1 / 5 - Math.log(5)],
    ["Beta(2, 2)", 2, 2, -0.125092802561388],
    ["Beta(2, 5)", 2, 5, -0.48453071499549],
  ])("%s is near its closed form", (_, a, b, expected) => {
    const sample = betaSample(a, b, 5000);
    for (const estimator of ESTIMATORS) {
      // Bias up to 0.02, deviation about 0.01.
      expect(differentialEntropy(sample, { estimator })).toBeAllclose(expected, { atol: 0.06 });
    }
  });

  test.each(ESTIMATORS)("%s: h(sX + c) = h(X) + log|s|", (estimator) => {
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 6,
      maxLength: 30,
    });
    const scale = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(values, scale, fc.boolean(), (x, s, negative) => {
        const distinct = [...new Set(x.map((v) => Math.round(v * 1e4) / 1e4))];
        const factor = negative ? -s : s;
        const h = differentialEntropy(Float64Array.from(distinct), { estimator });
        const moved = differentialEntropy(
          Float64Array.from(distinct, (v) => factor * v + 3),
          { estimator },
        );
        expect(moved).toBeAllclose(h + Math.log(s), { rtol: 0, atol: 1e-8 });
      }),
    );
  });

  test("too few values, NaN and infinities give NaN", () => {
    expect(differentialEntropy(Float64Array.of(1, 2, 3, 4))).toBeNaN();
    expect(differentialEntropy(Float64Array.of(1, 2, 3), { estimator: "knn" })).toBeNaN();
    expect(differentialEntropy(new Float64Array(0), { estimator: "histogram" })).toBeNaN();
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      expect(differentialEntropy(Float64Array.of(1, 2, 3, 4, 5, 6, bad))).toBeNaN();
    }
  });

  test.each(ESTIMATORS)("%s is −∞ where equal values fill its windows", (estimator) => {
    expect(differentialEntropy(new Float64Array(50).fill(0.5), { estimator })).toBe(-Infinity);
  });
});

describe("confidenceDiversity", () => {
  test("margin space is near the closed form, beside the variance", () => {
    const p = betaSample(2, 5, 5000);
    const { entropy, variance, ties, atoms } = confidenceDiversity(
      twoClass(p),
      new Int32Array(5000),
      [5000, 2],
    );
    expect(entropy).toBeAllclose(-0.48453071499549, { atol: 0.06 });
    expect(variance).toBeAllclose(10 / (49 * 8), { rtol: 0.05 });
    expect([ties, atoms]).toEqual([0, 0]);
  });

  test("finite in saturation, where probability space has atoms", () => {
    const margins = Float64Array.from({ length: 400 }, (_, i) => 40 + i / 10);
    const logits = Float64Array.from({ length: 800 }, (_, j) => (j % 2 ? 0 : margins[j >> 1]!));
    const labels = new Int32Array(400);
    const inMargins = confidenceDiversity(logits, labels, [400, 2]);
    expect(inMargins.entropy).toBeLessThan(-40);
    expect(Number.isFinite(inMargins.entropy)).toBe(true);
    expect(inMargins.atoms).toBe(400);
    const inProbabilities = confidenceDiversity(logits, labels, [400, 2], { space: "probability" });
    expect(inProbabilities).toMatchObject({
      entropy: -Infinity,
      ties: 399,
      longestTie: 400,
      atoms: 400,
    });
  });

  test("probability space is the entropy of the probabilities", () => {
    for (const estimator of [...ESTIMATORS, "histogram"] as const) {
      const expected = differentialEntropy(Float64Array.from(reference.trueClass), { estimator });
      const { entropy } = confidenceDiversity(LOGITS, LABELS, SHAPE, {
        space: "probability",
        estimator,
      });
      expect(entropy).toBeAllclose(expected, { atol: 1e-9 });
    }
  });

  test("the order of rows changes nothing", () => {
    const [n, k] = SHAPE as [number, number];
    const reversed = Float64Array.from(
      { length: n * k },
      (_, j) => LOGITS[(n - 1 - Math.floor(j / k)) * k + (j % k)]!,
    );
    const { entropy } = confidenceDiversity(reversed, LABELS.slice().reverse(), SHAPE);
    expect(entropy).toBeAllclose(confidenceDiversity(LOGITS, LABELS, SHAPE).entropy);
  });
});
