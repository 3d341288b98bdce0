import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { binOf } from "../src/bin-sums.ts";
import {
  accuracy,
  CalibrationAccumulator,
  calibrationNullFloor,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityDiagram,
  rootMeanSquareCalibrationError,
} from "../src/index.ts";
import { LABELS, LOGITS, reference, SHAPE } from "./reference.ts";

/** Two-class logits whose confidence is c. */
const confident = (...c: number[]): Float64Array =>
  Float64Array.from(c.flatMap((p) => [Math.log(p), Math.log(1 - p)]));

describe("binOf", () => {
  test("edges belong to the bin below, also where a product would round", () => {
    for (const m of [1, 3, 10, 15, 20, 49, 7200]) {
      for (let i = 1; i <= m; i++) {
        expect(binOf(i / m, m)).toBe(i - 1);
        const above = i / m + 2 ** -52;
        if (above <= 1) expect(binOf(above, m)).toBe(i);
      }
    }
    expect([binOf(0, 15), binOf(1, 15), binOf(Number.NaN, 15), binOf(1 + 1e-15, 15)]).toEqual([
      0, 14, 0, 14,
    ]);
  });
});

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

describe("null floor", () => {
  test("near its normal approximation, deterministic", () => {
    const c = Array.from({ length: 2000 }, (_, i) => 0.5 + (i % 500) / 1001);
    const [logits, labels, shape] = [confident(...c), new Int32Array(2000), [2000, 2]];
    const floor = calibrationNullFloor(logits, labels, shape, { seed: 1 });
    const spread = new Float64Array(15);
    for (const p of c) spread[binOf(p, 15)]! += p * (1 - p);
    const approximation =
      (Math.sqrt(2 / Math.PI) * spread.reduce((a, v) => a + Math.sqrt(v), 0)) / 2000;
    // 1000 draws give the mean to about 1 %.
    expect(floor.mean).toBeAllclose(approximation, { rtol: 0.03 });
    expect(floor.median).toBeLessThan(floor.upper);
    expect(calibrationNullFloor(logits, labels, shape, { seed: 1 })).toEqual(floor);
  });

  test("certain rows have none", () => {
    const logits = Float64Array.of(800, 0, 800, 0);
    expect(calibrationNullFloor(logits, Int32Array.of(0, 1), [2, 2], { seed: 1 })).toEqual({
      mean: 0,
      median: 0,
      upper: 0,
    });
  });
});
