import * as fc from "fast-check";
import { expect, test } from "vitest";
import { holm } from "../src/index.ts";
import extended from "./fixtures/extended.json" with { type: "json" };

test.each(extended.holm)("statsmodels' for $pValues", ({ pValues, adjusted }) => {
  expect(holm(pValues)).toBeAllclose(adjusted, { rtol: 1e-14 });
});

test("one p-value stays as it is, and what is none stays out of the family", () => {
  expect(holm([0.2])).toEqual([0.2]);
  expect(holm([Number.NaN, 0.2, 0.5])).toEqual([Number.NaN, 0.4, 0.5]);
  expect(holm([])).toEqual([]);
});

test("lies between the p-value and Bonferroni's, keeps the order, stays in [0, 1]", () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, (p) => {
      const adjusted = holm(p);
      p.forEach((x, i) => {
        expect(adjusted[i]!).toBeGreaterThanOrEqual(x);
        expect(adjusted[i]!).toBeLessThanOrEqual(Math.min(1, x * p.length) + 1e-15);
        p.forEach((y, j) => {
          if (x < y) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
        });
      });
    }),
  );
});
