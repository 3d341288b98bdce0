import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { applyTemperature, fitTemperature, negativeLogLikelihood } from "../src/index.ts";
import { LABELS, LOGITS, reference, SHAPE } from "./reference.ts";

describe("fitTemperature", () => {
  test("against scipy's root", () => {
    const { temperature, kind } = fitTemperature(LOGITS, LABELS, SHAPE);
    expect(temperature).toBeAllclose(reference.temperature);
    expect(kind).toBe("interior");
  });

  test("no temperature does better on the data of the fit", () => {
    const temperatures = fc.double({ min: 1e-2, max: 100, noNaN: true });
    fc.assert(
      fc.property(rows({ maxRows: 12 }), temperatures, ({ logits, labels, shape }, temperature) => {
        const fitted = fitTemperature(logits, labels, shape);
        expect(fitted.negativeLogLikelihood).toBeLessThanOrEqual(
          negativeLogLikelihood(logits, labels, shape, { temperature }) * (1 + 1e-12) + 1e-12,
        );
      }),
    );
  });

  test("a slope of 0 that rounding moves below 0 is no interior optimum", () => {
    const logits = new Float64Array(9 * 5);
    const labels = new Int32Array(9);
    labels[1] = 1;
    logits[5] = 3;
    for (const j of [9, 13, 22, 27, 32, 40]) logits[j] = -3;
    const sums = Array.from({ length: 9 }, (_, i) => {
      const row = logits.subarray(5 * i, 5 * i + 5);
      return row.reduce((a, b) => a + b, 0) - 5 * row[labels[i]!]!;
    });
    expect(sums.reduce((a, b) => a + b, 0)).toBe(0);
    for (let turn = 0; turn < 9; turn++) {
      const from = (i: number): number => (i + turn) % 9;
      const turned = logits.map((_, j) => logits[5 * from(Math.floor(j / 5)) + (j % 5)]!);
      const fitted = fitTemperature(
        turned,
        labels.map((_, i) => labels[from(i)]!),
        [9, 5],
      );
      expect(fitted).toMatchObject({ kind: "infinite", temperature: Infinity });
    }
  });

  test("logits near the smallest doubles have a finite likelihood", () => {
    for (const first of [0, -1e-289, -1e-200]) {
      const logits = Float64Array.of(first, 7.4e-323, 2.5e-323, -3.5e-323);
      const { negativeLogLikelihood: loss } = fitTemperature(logits, Int32Array.of(2), [4]);
      expect(loss).toBeLessThanOrEqual(Math.log(4) + 1e-15);
    }
  });

  test("scales with the logits", () => {
    for (const scale of [1e-6, 0.1, 30, 1e6]) {
      const scaled = LOGITS.map((f) => f * scale);
      const { temperature } = fitTemperature(scaled, LABELS, SHAPE);
      expect(temperature).toBeAllclose(reference.temperature * scale, { rtol: 1e-11 });
    }
  });

  test("is not moved by a shift of each row", () => {
    const shifted = LOGITS.map((f, j) => f + 100 * Math.floor(j / 4));
    expect(fitTemperature(shifted, LABELS, SHAPE).temperature).toBeAllclose(reference.temperature, {
      rtol: 1e-9,
    });
  });

  test("labels no better than chance: Infinity", () => {
    const fit = fitTemperature(Float64Array.of(1, 0, 1, 0), Int32Array.of(0, 1), [2, 2]);
    expect(fit).toEqual({
      temperature: Infinity,
      negativeLogLikelihood: Math.LN2,
      kind: "infinite",
    });
    expect(fitTemperature(new Float32Array(6), Int32Array.of(0, 2), [2, 3]).kind).toBe("infinite");
  });

  test("every label among its row's largest: 0, with the ties' logarithm", () => {
    const logits = Float64Array.of(1, 1, 0, 5, 0, 0);
    const fit = fitTemperature(logits, Int32Array.of(1, 0), [2, 3]);
    expect(fit).toEqual({ temperature: 0, negativeLogLikelihood: Math.LN2 / 2, kind: "zero" });
  });

  test("masked classes play no part", () => {
    const masked = Float64Array.from({ length: 60 * 5 }, (_, j) =>
      j % 5 === 4 ? -Infinity : LOGITS[Math.floor(j / 5) * 4 + (j % 5)]!,
    );
    const { temperature } = fitTemperature(masked, LABELS, [60, 5]);
    expect(temperature).toBeAllclose(reference.temperature);
  });

  test.each([
    ["a masked label", [-Infinity, 0], "above -Infinity"],
    ["NaN", [0, Number.NaN], "neither NaN"],
    ["+Infinity", [0, Infinity], "neither NaN"],
  ])("refuses %s", (_, logits, message) => {
    expect(() => fitTemperature(Float64Array.from(logits), Int32Array.of(0), [1, 2])).toThrow(
      message,
    );
  });

  test("no row is NaN", () => {
    expect(fitTemperature(new Float32Array(0), new Int32Array(0), [0, 2]).temperature).toBeNaN();
  });
});

describe("applyTemperature", () => {
  test("divides, with both limits", () => {
    const logits = Float64Array.of(4, 2, -Infinity, 3, 3, 1);
    expect(applyTemperature(logits, [2, 3], 2)).toEqual(
      Float64Array.of(2, 1, -Infinity, 1.5, 1.5, 0.5),
    );
    expect(applyTemperature(logits, [2, 3], Infinity)).toEqual(
      Float64Array.of(0, 0, -Infinity, 0, 0, 0),
    );
    expect(applyTemperature(logits, [2, 3], 0)).toEqual(
      Float64Array.of(0, -Infinity, -Infinity, 0, 0, -Infinity),
    );
  });

  test("NaN stays in both limits", () => {
    for (const temperature of [0, Infinity]) {
      expect(applyTemperature(Float64Array.of(Number.NaN, 1), [1, 2], temperature)[0]).toBeNaN();
    }
  });
});
