import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaUnderRoc, falsePositiveRateAt95 } from "../src/index.ts";
import reference from "./fixtures/extended.json" with { type: "json" };

describe("ranking", () => {
  const scores = Float64Array.from(reference.scores);

  test("AUROC and FPR95 against scikit-learn, with ties", () => {
    expect(areaUnderRoc(scores, reference.correct)).toBeAllclose(reference.auroc);
    expect(falsePositiveRateAt95(scores, reference.correct)).toBeAllclose(reference.fpr95);
  });

  test("AUROC(s) = 1 − AUROC(−s); doubling the data changes nothing", () => {
    const levels = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(levels, (data) => {
        const s = Float64Array.from(data, ([score]) => score);
        const positive = data.map(([, p]) => Number(p));
        const value = areaUnderRoc(s, positive);
        expect(
          areaUnderRoc(
            s.map((x) => -x),
            positive,
          ),
        ).toBeAllclose(1 - value, { atol: 1e-12 });
        const twice = Float64Array.of(...s, ...s);
        expect(areaUnderRoc(twice, [...positive, ...positive])).toBeAllclose(value);
        expect(falsePositiveRateAt95(twice, [...positive, ...positive])).toBeAllclose(
          falsePositiveRateAt95(s, positive),
        );
      }),
    );
  });

  test("one class alone, or a NaN, is NaN", () => {
    for (const metric of [areaUnderRoc, falsePositiveRateAt95]) {
      expect(metric(Float64Array.of(1, 2), [1, 1])).toBeNaN();
      expect(metric(Float64Array.of(1, Number.NaN), [1, 0])).toBeNaN();
      expect(() => metric(Float64Array.of(1, 2), [1])).toThrow("expected `positive`");
    }
  });
});
