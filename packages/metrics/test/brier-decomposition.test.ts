import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { brierDecomposition, brierScore } from "../src/index.ts";
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

describe("Brier decomposition", () => {
  test.each(["topLabelBins", "predictedClass", "distinct"] as const)("%s adds up", (partition) => {
    fc.assert(
      fc.property(rows({ maxRows: 10 }), ({ logits, labels, shape }) => {
        const parts = brierDecomposition(logits, labels, shape, { partition });
        const { reliability, resolution, uncertainty, within, covariance, score } = parts;
        const total = reliability - resolution + uncertainty + within - 2 * covariance;
        expect(total).toBeAllclose(score, { rtol: 0, atol: 1e-12 });
        if (partition !== "topLabelBins") {
          expect(score).toBeAllclose(brierScore(logits, labels, shape), { atol: 1e-12 });
        }
      }),
    );
  });

  test("by hand", () => {
    // Confidence 3/4 twice, right once.
    const logits = Float64Array.of(Math.log(3), 0, Math.log(3), 0);
    const parts = brierDecomposition(logits, Int32Array.of(0, 1), [2, 2]);
    expect(Object.values(parts)).toBeAllclose([1 / 16, 0, 1 / 4, 0, 0, 5 / 16], { atol: 1e-15 });
  });

  test("distinct forecasts leave nothing within; no row is NaN", () => {
    const { within, covariance, resolution, uncertainty } = brierDecomposition(
      LOGITS,
      LABELS,
      SHAPE,
      { partition: "distinct" },
    );
    expect([within, covariance]).toEqual([0, 0]);
    expect(resolution).toBeAllclose(uncertainty);
    expect(brierDecomposition(new Float32Array(0), new Int32Array(0), [0, 2]).score).toBeNaN();
  });
});
