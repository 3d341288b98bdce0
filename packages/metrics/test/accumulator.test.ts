import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import {
  areaUnderRoc,
  CalibrationAccumulator,
  debiasedCalibrationError,
  equalMassCalibrationError,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityDiagram,
  riskCoverage,
  rootMeanSquareCalibrationError,
  smoothCalibrationError,
} from "../src/index.ts";
import { checkedPredictions } from "../src/predictions.ts";
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

  test("approximations agree with the rows' own values to the width of a cell", () => {
    const accumulator = new CalibrationAccumulator();
    accumulator.update(LOGITS, LABELS, SHAPE);
    const { confidence, correct } = checkedPredictions("test", LOGITS, LABELS, SHAPE);
    // 60 rows on 7200 cells: nearly all alone in theirs.
    const close = { rtol: 1e-12, atol: 1e-3 };
    for (const bins of [1, 4, 15]) {
      expect(accumulator.approximateEqualMassCalibrationError(bins)).toBeAllclose(
        equalMassCalibrationError(LOGITS, LABELS, SHAPE, { bins }),
        close,
      );
    }
    expect(accumulator.approximateSmoothCalibrationError()).toBeAllclose(
      smoothCalibrationError(LOGITS, LABELS, SHAPE),
      close,
    );
    const exact = riskCoverage(LOGITS, LABELS, SHAPE);
    const risk = accumulator.approximateRiskCoverage();
    expect([risk.area, risk.excess, risk.trapezoid]).toBeAllclose(
      [exact.area, exact.excess, exact.trapezoid],
      { atol: 0.01 },
    );
    expect(accumulator.approximateAreaUnderRoc()).toBeAllclose(areaUnderRoc(confidence, correct), {
      atol: 0.01,
    });
  });

  test("where every cell holds one confidence they are exact", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 10, max: 18 }), fc.boolean()), { minLength: 2 }),
        (seen) => {
          const logits = Float64Array.from(
            seen.flatMap(([c]) => [Math.log(c / 20 + 0.01), Math.log(0.99 - c / 20)]),
          );
          const labels = Int32Array.from(seen, ([, right]) => (right ? 0 : 1));
          const shape = [seen.length, 2];
          const accumulator = new CalibrationAccumulator();
          accumulator.update(logits, labels, shape);
          const { confidence, correct } = checkedPredictions("test", logits, labels, shape);
          const close = { rtol: 1e-9, atol: 1e-9 };
          expect(accumulator.approximateEqualMassCalibrationError(4)).toBeAllclose(
            equalMassCalibrationError(logits, labels, shape, { bins: 4 }),
            close,
          );
          const [risk, exact] = [
            accumulator.approximateRiskCoverage(),
            riskCoverage(logits, labels, shape),
          ];
          expect([risk.area, risk.excess]).toBeAllclose([exact.area, exact.excess], close);
          expect(accumulator.approximateAreaUnderRoc()).toBeAllclose(
            areaUnderRoc(confidence, correct),
            close,
          );
        },
      ),
    );
  });

  test("a call of many rows is that of its parts; debiased is exact", () => {
    const whole = new CalibrationAccumulator();
    const parts = new CalibrationAccumulator();
    const n = 2500;
    const logits = Float32Array.from({ length: 3 * n }, (_, j) => Math.sin(j * j));
    const labels = Uint8Array.from({ length: n }, (_, i) => i % 3);
    whole.update(logits, labels, [n, 3]);
    for (let i = 0; i < n; i += 500) {
      const rows = logits.subarray(3 * i, 3 * i + 1500);
      parts.update(rows, labels.subarray(i, i + 500), [500, 3]);
    }
    expect(parts.toJSON()).toEqual(whole.toJSON());
    const exact = debiasedCalibrationError(logits, labels, [n, 3]);
    expect(whole.debiasedCalibrationError().squared).toBeAllclose(exact.squared, { atol: 1e-14 });
    expect(whole.expectedCalibrationError()).toBeAllclose(
      expectedCalibrationError(logits, labels, [n, 3]),
      { atol: 1e-14 },
    );
  });

  test("empty is NaN", () => {
    const accumulator = new CalibrationAccumulator();
    expect([accumulator.count, accumulator.accuracy(), accumulator.meanConfidence()]).toEqual([
      0,
      Number.NaN,
      Number.NaN,
    ]);
    for (const value of [
      accumulator.expectedCalibrationError(),
      accumulator.debiasedCalibrationError().squared,
      accumulator.approximateEqualMassCalibrationError(),
      accumulator.approximateSmoothCalibrationError(),
      accumulator.approximateRiskCoverage().area,
      accumulator.approximateAreaUnderRoc(),
    ]) {
      expect(value).toBeNaN();
    }
  });
});
