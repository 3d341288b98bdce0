import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import {
  CalibrationAccumulator,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityDiagram,
  rootMeanSquareCalibrationError,
} from "../src/index.ts";
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

describe("CalibrationAccumulator", () => {
  const counts = [1, 2, 5, 10, 15, 20, 100];

  test("streaming equals one shot, merging is associative and commutative", () => {
    fc.assert(
      fc.property(fc.array(rows({ maxRows: 4 }), { minLength: 3, maxLength: 3 }), (parts) => {
        const accumulators = () =>
          parts.map(({ logits, labels, shape }) => {
            const accumulator = new CalibrationAccumulator();
            accumulator.update(logits, labels, shape);
            return accumulator;
          });
        const [a, b, c] = accumulators() as [
          CalibrationAccumulator,
          CalibrationAccumulator,
          CalibrationAccumulator,
        ];
        a.merge(b);
        a.merge(c);
        const [d, e, f] = accumulators() as [
          CalibrationAccumulator,
          CalibrationAccumulator,
          CalibrationAccumulator,
        ];
        f.merge(e);
        f.merge(d);
        const values = (x: CalibrationAccumulator) => [
          x.count,
          x.accuracy(),
          x.expectedCalibrationError(),
        ];
        expect(values(f)).toBeAllclose(values(a), { atol: 1e-14 });
      }),
      { numRuns: 30 },
    );
  });

  test.each(counts)("%i bins", (bins) => {
    const accumulator = new CalibrationAccumulator();
    const half = LABELS.length / 2;
    const k = SHAPE[1]!;
    accumulator.update(LOGITS.subarray(0, half * k), LABELS.subarray(0, half), [half, k]);
    accumulator.update(LOGITS.subarray(half * k), LABELS.subarray(half), [half, k]);
    const read = CalibrationAccumulator.fromJSON(JSON.parse(JSON.stringify(accumulator)));
    const tolerance = { atol: 1e-14 };
    expect(read.count).toBe(LABELS.length);
    expect(read.expectedCalibrationError(bins)).toBeAllclose(
      expectedCalibrationError(LOGITS, LABELS, SHAPE, { bins }),
      tolerance,
    );
    expect(read.rootMeanSquareCalibrationError(bins)).toBeAllclose(
      rootMeanSquareCalibrationError(LOGITS, LABELS, SHAPE, { bins }),
      tolerance,
    );
    expect(read.maximumCalibrationError(bins)).toBeAllclose(
      maximumCalibrationError(LOGITS, LABELS, SHAPE, { bins }),
      tolerance,
    );
    const whole = reliabilityDiagram(LOGITS, LABELS, SHAPE, { bins });
    expect(read.reliabilityDiagram(bins).map((bin) => bin.count)).toEqual(
      whole.map((bin) => bin.count),
    );
  });

  test("empty is NaN", () => {
    const accumulator = new CalibrationAccumulator();
    expect([accumulator.count, accumulator.accuracy(), accumulator.meanConfidence()]).toEqual([
      0,
      Number.NaN,
      Number.NaN,
    ]);
    expect(accumulator.expectedCalibrationError()).toBeNaN();
  });
});
