import { sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simplex } from "../../../testing/arbitraries.ts";
import {
  betaFromEpsilon,
  pastPredictionPrior,
  pastPredictionWeight,
  smoothedTargets,
} from "../src/index.ts";

const bad = (x: unknown): never => x as never;
const CLOSE = { rtol: 1e-13, atol: 1e-16 };
const oneHot = (y: number, k: number): Float64Array =>
  Float64Array.from({ length: k }, (_, c) => (c === y ? 1 : 0));

describe("past predictions", () => {
  test("the weight grows linearly to its last value", () => {
    const weights = Array.from({ length: 5 }, (_, epoch) =>
      pastPredictionWeight({ epoch, epochs: 5, finalWeight: 0.5 }),
    );
    expect(weights).toBeAllclose([0.1, 0.2, 0.3, 0.4, 0.5], { rtol: 1e-15 });
    expect(pastPredictionWeight({ epoch: 299, epochs: 300 })).toBe(0.8);
  });

  test("the targets are (1 − α) 1[y] + α P, for mixed labels too", () => {
    fc.assert(
      fc.property(simplex(4), simplex(4), fc.nat(19), fc.nat(3), (past, mixed, epoch, y) => {
        const schedule = { epoch, epochs: 20 };
        const weight = pastPredictionWeight(schedule);
        for (const [labels, row] of [
          [Int32Array.of(y), oneHot(y, 4)],
          [mixed, mixed],
        ] as const) {
          const excess = pastPredictionPrior(past, labels, [1, 4], schedule);
          expect(sum(excess)).toBeAllclose(betaFromEpsilon(weight), { rtol: 1e-12 });
          expect(smoothedTargets(excess, labels, [1, 4]).targets).toBeAllclose(
            row.map((v, c) => (1 - weight) * v + weight * past[c]!),
            { rtol: 1e-12, atol: 1e-15 },
          );
        }
      }),
    );
  });

  test("in the first epoch the label stands in for the prediction", () => {
    for (const labels of [Int32Array.of(2, 0), Float64Array.of(0, 0.25, 0.75, 1, 0, 0)]) {
      const excess = pastPredictionPrior(null, labels, [2, 3], { epoch: 0, epochs: 10 });
      const row = smoothedTargets(new Float64Array(6), labels, [2, 3]).targets;
      expect(smoothedTargets(excess, labels, [2, 3]).targets).toBeAllclose(row, CLOSE);
      expect(sum(excess)).toBeAllclose((2 * 0.08) / 0.92, CLOSE);
    }
  });

  test.each([
    [{ epoch: 0, epochs: 0 }, "DOMAIN", "epochs"],
    [{ epoch: 5, epochs: 5 }, "DOMAIN", "epoch"],
    [{ epoch: -1, epochs: 5 }, "DOMAIN", "epoch"],
    [{ epoch: 0, epochs: 5, finalWeight: 1 }, "DOMAIN", "finalWeight"],
    [{ epochs: 5 }, "TYPE_MISMATCH", "epoch"],
  ])("bad schedule %o", (schedule, code, argument) => {
    const error = expect.objectContaining({ code, argument });
    expect(() => pastPredictionWeight(bad(schedule))).toThrow(error);
    const past = Float64Array.of(1, 0);
    expect(() => pastPredictionPrior(past, Int32Array.of(0), [1, 2], bad(schedule))).toThrow(error);
  });

  test("past predictions off the simplex are refused", () => {
    const call = (past: Float64Array) => () =>
      pastPredictionPrior(past, Int32Array.of(0), [1, 2], { epoch: 1, epochs: 2 });
    expect(call(Float64Array.of(0.5, 0.4))).toThrow("pastProbs");
    expect(call(Float64Array.of(1))).toThrow(expect.objectContaining({ code: "SHAPE" }));
  });
});
