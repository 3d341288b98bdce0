import { describe, expect, test } from "vitest";
import {
  accuracy,
  applyVectorScaling,
  fitVectorScaling,
  negativeLogLikelihood,
} from "../src/index.ts";
import reference from "./fixtures/extended.json" with { type: "json" };
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

describe("vector scaling", () => {
  test("against scipy", () => {
    const { scale, offset, negativeLogLikelihood: nll } = fitVectorScaling(LOGITS, LABELS, SHAPE);
    expect(nll).toBeAllclose(reference.vectorScaling.nll);
    // BFGS stops a little short of the optimum.
    expect(scale).toBeAllclose(reference.vectorScaling.scale, { rtol: 1e-5 });
    expect(offset).toBeAllclose(reference.vectorScaling.offset, { rtol: 1e-5, atol: 1e-6 });
  });

  test("is no worse than the logits themselves, and is reached by applying it", () => {
    const fitted = fitVectorScaling(LOGITS, LABELS, SHAPE);
    const scaled = applyVectorScaling(LOGITS, SHAPE, fitted);
    expect(negativeLogLikelihood(scaled, LABELS, SHAPE)).toBe(fitted.negativeLogLikelihood);
    expect(fitted.negativeLogLikelihood).toBeLessThan(negativeLogLikelihood(LOGITS, LABELS, SHAPE));
    expect(accuracy(scaled, LABELS, SHAPE)).toBeGreaterThan(0.5);
  });

  test.each<[string, number[], number[], number, string]>([
    ["an absent class", [1, 0, 0, 1], [0, 0], 2, "class 1 is absent"],
    ["separable classes", [3, 0, 2, 0, 0, 1, 0, 3], [0, 0, 1, 1], 2, "can be separated"],
    ["an infinite logit", [1, -Infinity, 0, 1], [0, 1], 2, "to be finite"],
  ])("refuses %s", (_, logits, labels, k, message) => {
    const shape = [labels.length, k];
    expect(() =>
      fitVectorScaling(Float64Array.from(logits), Int32Array.from(labels), shape),
    ).toThrow(message);
  });

  test("refuses scales of another length", () => {
    const scaling = { scale: new Float64Array(3), offset: new Float64Array(2) };
    expect(() => applyVectorScaling(new Float32Array(4), [2, 2], scaling)).toThrow(
      "expected `scaling`",
    );
  });
});
