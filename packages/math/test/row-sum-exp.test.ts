import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { rowMax, rowSumExp } from "../src/kernels.ts";

/** exp(d) beside a term that is 1, taken away again: d as the second element of a row. */
const alone = (d: number): number => rowSumExp(Float64Array.of(0, d), 1, 1, 0);

describe("rowSumExp", () => {
  test("each term is within 1 ulp of Math.exp, down to 2^−1021", () => {
    const d = fc.oneof(
      fc.double({ min: -1, max: 0, noNaN: true }),
      fc.double({ min: -708, max: 0, noNaN: true }),
      // Around the borders between the parts and between the powers of two.
      fc.integer({ min: -65_000, max: 0 }).map((m) => Math.max(-708, (m * Math.LN2) / 64)),
    );
    fc.assert(
      fc.property(d, (x) => {
        // Math.exp itself may be off by 1 ulp.
        expect(alone(x)).toBeAllclose(Math.exp(x), { rtol: 2 ** -51 });
      }),
      { numRuns: 2000 },
    );
  });

  test("0 gives exactly 1, and what is too small gives 0", () => {
    expect([0, -0, -709, -1e4, -Infinity].map(alone)).toEqual([1, 1, 0, 0, 0]);
  });

  test("is the sum over a row, at any temperature", () => {
    fc.assert(
      fc.property(rows(), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (batch, t) => {
        const { logits, n, k } = batch;
        for (let i = 0; i < n; i++) {
          const max = rowMax(logits, i, k);
          const row = logits.subarray(i * k, (i + 1) * k);
          const wanted = row.reduce((sum, x) => sum + Math.exp((x - max) / t), 0);
          expect(rowSumExp(logits, i, k, max, t)).toBeAllclose(wanted, { rtol: 1e-15 });
        }
      }),
    );
  });

  test("is NaN for NaN and for an infinite maximum", () => {
    expect(rowSumExp(Float64Array.of(0, Number.NaN), 0, 2, 0)).toBeNaN();
    expect(rowSumExp(Float64Array.of(Infinity, 0), 0, 2, Infinity)).toBeNaN();
    expect(rowSumExp(Float64Array.of(-Infinity, -Infinity), 0, 2, -Infinity)).toBeNaN();
  });
});
