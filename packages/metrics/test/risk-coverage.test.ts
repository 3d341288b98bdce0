import { describe, expect, test } from "vitest";
import { riskCoverage } from "../src/index.ts";
import reference from "./fixtures/extended.json" with { type: "json" };
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

describe("risk and coverage", () => {
  test("against numpy without ties", () => {
    const { area, excess } = riskCoverage(LOGITS, LABELS, SHAPE);
    expect(area).toBeAllclose(reference.aurc);
    expect(excess).toBeGreaterThan(0);
  });

  test("ties are averaged over their orders", () => {
    // Three rows of equal confidence, one wrong: every prefix has a risk of 1/3 on average.
    const tied = riskCoverage(Float64Array.of(1, 0, 1, 0, 1, 0), Int32Array.of(0, 1, 0), [3, 2]);
    expect(tied.area).toBeAllclose(1 / 3);
    expect(tied.excess).toBeAllclose(1 / 3 - 1 / 9);
    expect(tied.trapezoid).toBeAllclose(1 / 3);
  });

  test("one row, and none", () => {
    const one = riskCoverage(Float64Array.of(1, 0), Int32Array.of(1), [1, 2]);
    expect(one).toEqual({ area: 1, excess: 0, trapezoid: Number.NaN });
    expect(riskCoverage(new Float32Array(0), new Int32Array(0), [0, 2]).area).toBeNaN();
  });

  test("the order of rows changes nothing", () => {
    const [n, k] = SHAPE as [number, number];
    const rounded = LOGITS.map((f) => Math.round(f));
    const reversed = Float64Array.from(
      { length: n * k },
      (_, j) => rounded[(n - 1 - Math.floor(j / k)) * k + (j % k)]!,
    );
    const { area } = riskCoverage(reversed, LABELS.slice().reverse(), SHAPE);
    expect(area).toBeAllclose(riskCoverage(rounded, LABELS, SHAPE).area);
  });
});
