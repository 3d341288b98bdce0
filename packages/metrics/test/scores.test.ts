import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import {
  accuracy,
  brierScore,
  ensembleUncertainty,
  fidelity,
  negativeLogLikelihood,
  predictiveUncertainty,
  topKAccuracy,
  trueClassProbabilities,
} from "../src/index.ts";
import { LABELS, LOGITS, reference, SHAPE, TEACHER } from "./reference.ts";

describe("against scikit-learn and scipy", () => {
  test("scores", () => {
    expect(accuracy(LOGITS, LABELS, SHAPE)).toBeAllclose(reference.accuracy);
    expect(topKAccuracy(LOGITS, LABELS, SHAPE, { top: 2 })).toBeAllclose(reference.top2);
    expect(negativeLogLikelihood(LOGITS, LABELS, SHAPE)).toBeAllclose(reference.nll);
    expect(brierScore(LOGITS, LABELS, SHAPE)).toBeAllclose(reference.brier);
    expect(trueClassProbabilities(LOGITS, LABELS, SHAPE)).toBeAllclose(reference.trueClass);
  });

  test("uncertainty and fidelity", () => {
    expect(predictiveUncertainty(LOGITS, LABELS, SHAPE)).toBeAllclose(
      reference.predictiveUncertainty,
    );
    const { agreement, klDivergence } = fidelity(LOGITS, TEACHER, SHAPE);
    expect(agreement).toBeAllclose(reference.agreement);
    expect(klDivergence).toBeAllclose(reference.kl);
    const { total, expected, mutualInformation } = ensembleUncertainty([LOGITS, TEACHER], SHAPE);
    expect([total, expected, mutualInformation]).toBeAllclose(Object.values(reference.ensemble));
  });
});

describe("by hand", () => {
  test("ties go to the first class", () => {
    const logits = new Float32Array(6);
    expect(accuracy(logits, Int32Array.of(0, 1), [2, 3])).toBe(0.5);
    expect(topKAccuracy(logits, Int32Array.of(0, 1), [2, 3], { top: 2 })).toBe(1);
    expect(topKAccuracy(logits, Int32Array.of(0, 2), [2, 3], { top: 2 })).toBe(0.5);
  });

  test("uniform predictions", () => {
    const [logits, labels] = [new Float64Array(8), Int32Array.of(0, 3)];
    expect(negativeLogLikelihood(logits, labels, [2, 4])).toBe(Math.log(4));
    // (3/4)² + 3 (1/4)².
    expect(brierScore(logits, labels, [2, 4])).toBe(0.75);
  });

  test("logits of ±1e4 and masked classes", () => {
    const logits = Float64Array.of(1e4, -1e4, -Infinity, 0, 0, -Infinity);
    const labels = Int32Array.of(1, 0);
    expect(negativeLogLikelihood(logits, labels, [2, 3])).toBe((2e4 + Math.LN2) / 2);
    expect(brierScore(logits, labels, [2, 3])).toBe(1.25);
    expect(predictiveUncertainty(logits, labels, [2, 3])).toBe(Math.LN2 / 2);
    expect(negativeLogLikelihood(logits, Int32Array.of(2, 0), [2, 3])).toBe(Infinity);
  });

  test("no row is NaN, and NaN stays", () => {
    const [none, labels] = [new Float32Array(0), new Int32Array(0)];
    for (const metric of [
      accuracy,
      topKAccuracy,
      negativeLogLikelihood,
      brierScore,
      predictiveUncertainty,
    ]) {
      expect(metric(none, labels, [0, 3])).toBeNaN();
    }
    const bad = Float64Array.of(Number.NaN, 0);
    for (const metric of [negativeLogLikelihood, brierScore, predictiveUncertainty]) {
      expect(metric(bad, Int32Array.of(1), [1, 2])).toBeNaN();
    }
  });

  test("temperatures, with both limits", () => {
    const [logits, labels, shape] = [Float64Array.of(2, 0, 0, 2), Int32Array.of(0, 0), [2, 2]];
    const at = (temperature: number) =>
      negativeLogLikelihood(logits, labels, shape, { temperature });
    expect(at(2)).toBeAllclose((Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(1))) / 2);
    expect(at(Infinity)).toBe(Math.LN2);
    expect(at(0)).toBe(Infinity);
    expect(brierScore(logits, labels, shape, { temperature: 0 })).toBe(1);
  });
});

describe("properties", () => {
  test("ranges", () => {
    fc.assert(
      fc.property(rows({ bound: 1e3 }), ({ logits, labels, shape, k }) => {
        expect(negativeLogLikelihood(logits, labels, shape)).toBeGreaterThanOrEqual(0);
        const brier = brierScore(logits, labels, shape);
        expect(brier >= 0 && brier <= 2 + 1e-12).toBe(true);
        const entropy = predictiveUncertainty(logits, labels, shape);
        expect(entropy >= 0 && entropy <= Math.log(k) * (1 + 1e-12)).toBe(true);
      }),
    );
  });

  test("neither the order of rows nor doubling them changes a mean", () => {
    fc.assert(
      fc.property(rows(), ({ logits, labels, n, k, shape }) => {
        const twice = Float64Array.of(...logits, ...logits);
        const reversed = Float64Array.from(
          { length: n * k },
          (_, j) => logits[(n - 1 - Math.floor(j / k)) * k + (j % k)]!,
        );
        for (const metric of [accuracy, negativeLogLikelihood, brierScore]) {
          const value = metric(logits, labels, shape);
          expect(metric(twice, Int32Array.of(...labels, ...labels), [2 * n, k])).toBeAllclose(
            value,
            { rtol: 1e-13 },
          );
          expect(metric(reversed, labels.slice().reverse(), shape)).toBeAllclose(value, {
            rtol: 1e-13,
          });
        }
      }),
    );
  });

  test("float32 and float64 logits of the same values agree exactly", () => {
    const single = Float32Array.from(LOGITS);
    const double = Float64Array.from(single);
    expect(negativeLogLikelihood(single, LABELS, SHAPE)).toBe(
      negativeLogLikelihood(double, LABELS, SHAPE),
    );
  });

  test("mutual information is within its bounds, 0 for one member or equal ones", () => {
    fc.assert(
      fc.property(rows(), rows(), ({ logits, shape, k }, other) => {
        const second = logits.map((f, j) => f + (other.logits[j % other.logits.length] ?? 0));
        const { total, expected, mutualInformation } = ensembleUncertainty([logits, second], shape);
        expect(
          mutualInformation >= 0 && mutualInformation <= Math.log(Math.min(2, k)) + 1e-12,
        ).toBe(true);
        expect(total - expected).toBeAllclose(mutualInformation, { atol: 1e-12 });
        expect(ensembleUncertainty([logits], shape).mutualInformation).toBeLessThan(1e-12);
      }),
    );
  });
});
