import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import {
  accuracy,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityDiagram,
  rootMeanSquareCalibrationError,
} from "../src/index.ts";
import { LABELS, LOGITS, reference, SHAPE } from "./reference.ts";

/** Two-class logits whose confidence is c. */
const confident = (...c: number[]): Float64Array =>
  Float64Array.from(c.flatMap((p) => [Math.log(p), Math.log(1 - p)]));

describe("calibration errors", () => {
  test.each(Object.entries(reference.calibration))("against numpy, %s bins", (m, expected) => {
    const options = { bins: Number(m) };
    expect(expectedCalibrationError(LOGITS, LABELS, SHAPE, options)).toBeAllclose(expected.ece);
    expect(rootMeanSquareCalibrationError(LOGITS, LABELS, SHAPE, options)).toBeAllclose(
      expected.rmsce,
    );
    expect(maximumCalibrationError(LOGITS, LABELS, SHAPE, options)).toBeAllclose(expected.mce);
  });

  test("by hand, with saturated rows in the last bin", () => {
    const logits = Float64Array.of(...confident(0.7, 0.7), 800, 0, 800, 0);
    const labels = Int32Array.of(0, 1, 0, 1);
    // |0.7 − ½| and |1 − ½|, half the rows each.
    expect(expectedCalibrationError(logits, labels, [4, 2])).toBeAllclose(0.35);
    expect(rootMeanSquareCalibrationError(logits, labels, [4, 2])).toBeAllclose(Math.sqrt(0.145));
    expect(maximumCalibrationError(logits, labels, [4, 2])).toBeAllclose(0.5);
    const bins = reliabilityDiagram(logits, labels, [4, 2]);
    expect(bins).toHaveLength(15);
    expect(bins.map((bin) => bin.count)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2]);
    expect(bins[14]).toEqual({ lower: 14 / 15, upper: 1, count: 2, confidence: 1, accuracy: 0.5 });
    expect(bins[0]!.accuracy).toBeNaN();
  });

  test("no row is NaN", () => {
    for (const metric of [
      expectedCalibrationError,
      rootMeanSquareCalibrationError,
      maximumCalibrationError,
    ]) {
      expect(metric(new Float32Array(0), new Int32Array(0), [0, 2])).toBeNaN();
    }
  });

  test("an infinite temperature keeps the predicted class", () => {
    const [logits, labels] = [Float64Array.of(0, 1, 0, 1), Int32Array.of(1, 1)];
    expect(expectedCalibrationError(logits, labels, [2, 2], { temperature: Infinity })).toBe(0.5);
    expect(expectedCalibrationError(logits, labels, [2, 2], { temperature: 0 })).toBe(0);
  });

  test("0 ≤ ECE ≤ RMSCE ≤ MCE ≤ 1; one bin is the gap of the means; refining never lowers ECE", () => {
    fc.assert(
      fc.property(rows({ maxRows: 20 }), ({ logits, labels, shape }) => {
        const ece = (bins: number) => expectedCalibrationError(logits, labels, shape, { bins });
        const rmsce = rootMeanSquareCalibrationError(logits, labels, shape);
        const mce = maximumCalibrationError(logits, labels, shape);
        const slack = 1e-12;
        expect(
          0 <= ece(15) && ece(15) <= rmsce + slack && rmsce <= mce + slack && mce <= 1 + slack,
        ).toBe(true);
        expect(ece(5)).toBeLessThanOrEqual(ece(15) + slack);
        const [bin] = reliabilityDiagram(logits, labels, shape, { bins: 1 });
        expect(ece(1)).toBeAllclose(Math.abs(bin!.confidence - bin!.accuracy), { atol: 1e-15 });
        expect(bin!.accuracy).toBe(accuracy(logits, labels, shape));
      }),
    );
  });
});
