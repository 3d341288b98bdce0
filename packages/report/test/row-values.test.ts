import {
  accuracy,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  riskCoverage,
  trueClassProbabilities,
} from "@sd/metrics";
import type { Predictions } from "@sd/runs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { risksByCount } from "../src/figures/outcomes.ts";
import { binsOf, rowValues, weightedMetrics } from "../src/row-values.ts";

/** Logits on a coarse grid, so that confidences tie. */
const predictions: fc.Arbitrary<Predictions> = fc
  .array(fc.tuple(fc.nat(2), fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6))), {
    minLength: 1,
    maxLength: 30,
  })
  .map((rows) => ({
    labels: Int32Array.from(rows, ([label]) => label),
    logits: Float32Array.from(rows.flatMap(([, logits]) => logits.map((x) => x / 2))),
    shape: [rows.length, 3],
  }));

/** Sums are taken in another order. */
const ROUNDING = { rtol: 1e-12, atol: 1e-14 };

const ones = (n: number): Int32Array => new Int32Array(n).fill(1);

test("with weights of one every metric is that of @sd/metrics", () => {
  fc.assert(
    fc.property(predictions, fc.constantFrom(0, 0.5, 1, 2, Infinity), (p, temperature) => {
      const { logits, labels, shape } = p;
      const metrics = weightedMetrics(rowValues(p), rowValues(p, temperature), 15);
      const value = (name: string): number => metrics[name]!(ones(shape[0]));
      const at = { temperature };
      expect(value("accuracy")).toBeAllclose(accuracy(logits, labels, shape), ROUNDING);
      expect(value("nll")).toBeAllclose(negativeLogLikelihood(logits, labels, shape), ROUNDING);
      expect(value("brier")).toBeAllclose(brierScore(logits, labels, shape), ROUNDING);
      expect(value("ece")).toBeAllclose(expectedCalibrationError(logits, labels, shape), ROUNDING);
      expect(value("aurc")).toBeAllclose(riskCoverage(logits, labels, shape).area, ROUNDING);
      expect(value("nllScaled")).toBeAllclose(
        negativeLogLikelihood(logits, labels, shape, at),
        ROUNDING,
      );
      expect(value("eceScaled")).toBeAllclose(
        expectedCalibrationError(logits, labels, shape, at),
        ROUNDING,
      );
      expect(rowValues(p).target).toBeAllclose(
        trueClassProbabilities(logits, labels, shape),
        ROUNDING,
      );
    }),
  );
});

test("the area under the drawn risks is the AURC", () => {
  fc.assert(
    fc.property(predictions, (p) => {
      const risks = risksByCount(rowValues(p));
      const area = risks.reduce((a, b) => a + b, 0) / risks.length;
      expect(area).toBeAllclose(riskCoverage(p.logits, p.labels, p.shape).area, ROUNDING);
    }),
  );
});

test("weights count rows as often as they stand there", () => {
  fc.assert(
    fc.property(predictions, fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }), (p, some) => {
      const n = p.shape[0];
      const weights = Int32Array.from(some.slice(0, n));
      const rows = [...weights].flatMap((w, i) => new Array<number>(w).fill(i));
      fc.pre(rows.length > 0);
      const repeated: Predictions = {
        labels: Int32Array.from(rows, (i) => p.labels[i]!),
        logits: Float32Array.from(rows.flatMap((i) => [...p.logits.subarray(3 * i, 3 * i + 3)])),
        shape: [rows.length, 3],
      };
      const weighted = weightedMetrics(rowValues(p), undefined, 15);
      const plain = weightedMetrics(rowValues(repeated), undefined, 15);
      for (const name of Object.keys(weighted)) {
        expect(weighted[name]!(weights), name).toBeAllclose(
          plain[name]!(ones(rows.length)),
          ROUNDING,
        );
      }
    }),
  );
});

test("bins are closed on the right, at edges that no product hits", () => {
  const confidences = Float64Array.of(0, 1e-9, 0.1, 0.3, 0.30000000000000004, 0.6, 0.7, 1);
  expect([...binsOf(confidences, 10)]).toEqual([0, 0, 0, 2, 3, 5, 6, 9]);
});
