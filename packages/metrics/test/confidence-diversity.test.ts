import { describe, expect, test } from "vitest";
import { confidenceDiversity, differentialEntropy } from "../src/index.ts";
import { LABELS, LOGITS, reference, SHAPE } from "./reference.ts";
import { betaSample } from "./samples.ts";

const ESTIMATORS = ["ebrahimi", "vasicek", "vanEs", "correa", "knn"] as const;

/** Two-class logits whose first class has probability p. */
const twoClass = (p: Float64Array): Float64Array =>
  Float64Array.from({ length: 2 * p.length }, (_, j) =>
    j % 2 ? 0 : Math.log(p[j >> 1]!) - Math.log1p(-p[j >> 1]!),
  );

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
