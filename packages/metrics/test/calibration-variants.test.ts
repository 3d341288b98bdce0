import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { equalMassEdges } from "../src/equal-mass.ts";
import {
  classwiseCalibrationError,
  debiasedCalibrationError,
  equalMassCalibrationError,
  expectedCalibrationError,
  reliabilityDiagram,
  rootMeanSquareCalibrationError,
  smoothCalibrationError,
} from "../src/index.ts";
import { smoothedError } from "../src/smooth.ts";
import reference from "./fixtures/extended.json" with { type: "json" };
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

describe("calibration errors", () => {
  test.each(Object.entries(reference.equalMass))(
    "equal mass, %s bins, against numpy",
    (m, expected) => {
      const value = equalMassCalibrationError(LOGITS, LABELS, SHAPE, { bins: Number(m) });
      expect(value).toBeAllclose(expected);
    },
  );

  test("equal-mass bins never part equal confidences", () => {
    expect(equalMassEdges(Float64Array.of(0.5, 0.5, 0.5, 0.5, 0.9), 3)).toEqual([0.5, 0.7, 1]);
    expect(equalMassEdges(new Float64Array(8).fill(0.5), 4)).toEqual([0.5, 1]);
    expect(equalMassEdges(new Float64Array(0), 4)).toEqual([1]);
  });

  test("class-wise and debiased against numpy", () => {
    const options = { bins: 10 };
    expect(classwiseCalibrationError(LOGITS, LABELS, SHAPE, options)).toBeAllclose(
      reference.classwise,
    );
    const { squared, root } = debiasedCalibrationError(LOGITS, LABELS, SHAPE, options);
    expect(squared).toBeAllclose(reference.debiased, { atol: 1e-15 });
    expect(root).toBe(Math.sqrt(Math.max(0, squared)));
    const plugIn = rootMeanSquareCalibrationError(LOGITS, LABELS, SHAPE, options);
    expect(squared).toBeLessThanOrEqual(plugIn ** 2);
  });

  test.each(Object.entries(reference.smooth))(
    "smooth at temperature %s against numpy with ten times the nodes",
    (temperature, expected) => {
      const options = { temperature: Number(temperature) };
      // The absolute value has kinks: midpoint sums on 2000 nodes agree to about 1e-6.
      const value = smoothCalibrationError(LOGITS, LABELS, SHAPE, options);
      expect(value).toBeAllclose(expected, { rtol: 1e-5 });
    },
  );

  test("the smoothed error does not increase with the width, and is at least the gap of the means", () => {
    fc.assert(
      fc.property(rows({ maxRows: 12 }), ({ logits, labels, shape }) => {
        const [bin] = reliabilityDiagram(logits, labels, shape, { bins: 1 });
        const gap = Math.abs(bin!.confidence - bin!.accuracy);
        const value = smoothCalibrationError(logits, labels, shape);
        expect(value).toBeGreaterThanOrEqual(gap - 1e-4);
        expect(value).toBeLessThanOrEqual(1);
      }),
      { numRuns: 15 },
    );
    const c = Float64Array.of(0.3, 0.6, 0.9);
    const residuals = c.map((v, i) => (v - [1, 0, 1][i]!) / 3);
    const errors = [0.01, 0.05, 0.2, 1].map((sigma) => smoothedError(c, residuals, sigma));
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
  });

  test("right and certain rows have no error; none gives NaN", () => {
    const [logits, labels] = [Float64Array.of(800, 0, 0, 800), Int32Array.of(0, 1)];
    expect(smoothCalibrationError(logits, labels, [2, 2])).toBe(0);
    expect(equalMassCalibrationError(logits, labels, [2, 2])).toBe(0);
    expect(debiasedCalibrationError(logits, labels, [2, 2])).toEqual({ squared: 0, root: 0 });
    const [none, empty] = [new Float32Array(0), new Int32Array(0)];
    for (const metric of [
      smoothCalibrationError,
      equalMassCalibrationError,
      classwiseCalibrationError,
    ]) {
      expect(metric(none, empty, [0, 2])).toBeNaN();
    }
    expect(debiasedCalibrationError(none, empty, [0, 2]).squared).toBeNaN();
  });

  test("one bin: equal mass is equal width", () => {
    const options = { bins: 1 };
    expect(equalMassCalibrationError(LOGITS, LABELS, SHAPE, options)).toBeAllclose(
      expectedCalibrationError(LOGITS, LABELS, SHAPE, options),
    );
  });
});
