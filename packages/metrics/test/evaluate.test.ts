import { describe, expect, test } from "vitest";
import * as metrics from "../src/index.ts";
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

const { evaluateClassifier } = metrics;

describe("evaluateClassifier", () => {
  const options = { temperature: 1.5, bins: 10, bootstrap: { resamples: 200, seed: 1 } };
  const evaluation = evaluateClassifier(LOGITS, LABELS, SHAPE, options);

  test("values are those of the single functions", () => {
    const { temperature, bins } = options;
    const expected = {
      accuracy: metrics.accuracy(LOGITS, LABELS, SHAPE),
      nll: metrics.negativeLogLikelihood(LOGITS, LABELS, SHAPE),
      brier: metrics.brierScore(LOGITS, LABELS, SHAPE),
      ece: metrics.expectedCalibrationError(LOGITS, LABELS, SHAPE, { bins }),
      nllScaled: metrics.negativeLogLikelihood(LOGITS, LABELS, SHAPE, { temperature }),
      eceScaled: metrics.expectedCalibrationError(LOGITS, LABELS, SHAPE, { bins, temperature }),
      predictiveUncertainty: metrics.predictiveUncertainty(LOGITS, LABELS, SHAPE),
      confidenceDiversity: metrics.confidenceDiversity(LOGITS, LABELS, SHAPE).entropy,
      confidenceVariance: metrics.confidenceDiversity(LOGITS, LABELS, SHAPE).variance,
    };
    expect(Object.keys(evaluation)).toEqual(Object.keys(expected));
    const values = Object.values(evaluation).map((estimate) => estimate.value);
    expect(values).toBeAllclose(Object.values(expected));
  });

  test("intervals: the method of each, ends in order, around the value where percentile", () => {
    for (const [name, { value, interval, method }] of Object.entries(evaluation)) {
      const biased = ["ece", "eceScaled", "confidenceDiversity"].includes(name);
      expect(method, name).toBe(biased ? "basic" : "percentile");
      expect(interval[0] <= interval[1], name).toBe(true);
      if (!biased) expect(interval[0] <= value && value <= interval[1], name).toBe(true);
    }
  });

  test("same seed, same intervals; without bootstrap none; without temperature nothing scaled", () => {
    expect(evaluateClassifier(LOGITS, LABELS, SHAPE, options)).toEqual(evaluation);
    const plain = evaluateClassifier(LOGITS, LABELS, SHAPE);
    expect(plain.accuracy).toEqual({ value: evaluation.accuracy.value, method: "none" });
    expect(plain).not.toHaveProperty("nllScaled");
    expect(plain).not.toHaveProperty("eceScaled");
  });
});
