import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pairedSeedInterval } from "../src/index.ts";
import { studentTPValue } from "../src/student-t.ts";

// The critical values of every table of Student's t.
test.each([
  [12.706204736432095, 1, 0.05],
  [4.302652729911275, 2, 0.05],
  [3.182446305284263, 3, 0.05],
  [2.7764451051977987, 4, 0.05],
  [63.65674116287399, 1, 0.01],
  [2.2281388519649385, 10, 0.05],
  [2.0452296421327034, 29, 0.05],
  [1, 1, 0.5],
  [0, 7, 1],
])("t = %d with %d degrees of freedom has p = %d", (t, degrees, p) => {
  expect(studentTPValue(t, degrees)).toBeAllclose(p, { rtol: 1e-10, atol: 1e-12 });
  expect(studentTPValue(-t, degrees)).toBe(studentTPValue(t, degrees));
});

test("limits", () => {
  expect(studentTPValue(Infinity, 3)).toBeLessThan(1e-15);
  expect(studentTPValue(Number.NaN, 3)).toBeNaN();
});

test("p is below 0.05 exactly where the 95 % interval excludes 0", () => {
  const pairs = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: 2,
    maxLength: 9,
  });
  fc.assert(
    fc.property(pairs, (differences) => {
      const zeros = differences.map(() => 0);
      const { mean, standardDeviation, interval } = pairedSeedInterval(differences, zeros);
      fc.pre(standardDeviation > 1e-6);
      const t = mean / (standardDeviation / Math.sqrt(differences.length));
      const p = studentTPValue(t, differences.length - 1);
      fc.pre(Math.abs(p - 0.05) > 1e-9);
      expect(p < 0.05).toBe(interval[0] > 0 || interval[1] < 0);
    }),
  );
});
