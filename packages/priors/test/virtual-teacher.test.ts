import { softmax } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simplex } from "../../../testing/arbitraries.ts";
import { betaFromHardWeight, smoothedTargets, virtualTeacherPrior } from "../src/index.ts";
import { expectLinear } from "./linear.ts";

const bad = (x: unknown): never => x as never;
const CLOSE = { rtol: 1e-13, atol: 1e-16 };
const oneHot = (y: number, k: number): Float64Array =>
  Float64Array.from({ length: k }, (_, c) => (c === y ? 1 : 0));

describe("virtual teacher", () => {
  const cases = fc.record({
    k: fc.integer({ min: 2, max: 9 }),
    correct: fc.double({ min: 0.01, max: 0.999, noNaN: true }),
    temperature: fc.double({ min: 0.2, max: 40, noNaN: true }),
    beta: fc.double({ min: 0, max: 5, noNaN: true }),
  });

  test("is β softmax(log u/τ), or β softmax(u/τ) as in the published code", () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ k, ...options }, seed) => {
        const y = seed % k;
        const { correct, temperature, beta } = options;
        const u = oneHot(y, k).map((v) => (v === 1 ? correct : (1 - correct) / (k - 1)));
        for (const tempered of ["logProbs", "probs"] as const) {
          const logits = tempered === "logProbs" ? u.map(Math.log) : u;
          const expected = softmax(logits, [k], { temperature }).map((p) => beta * p);
          const excess = virtualTeacherPrior(Int32Array.of(y), [k], { ...options, tempered });
          expect(excess).toBeAllclose(expected, { rtol: 1e-12, atol: 1e-300 });
        }
      }),
    );
  });

  test("untempered with β = λ/(1 − λ) the targets are (1 − λ) 1[y] + λ u", () => {
    const labels = Int32Array.of(0);
    const excess = virtualTeacherPrior(labels, [3], { beta: betaFromHardWeight(0.9) });
    const { targets } = smoothedTargets(excess, labels, [3]);
    expect(targets).toBeAllclose([0.9 + 0.1 * 0.99, 0.1 * 0.005, 0.1 * 0.005], CLOSE);
  });

  test("mixed labels are spread linearly; a float32 out is filled", () => {
    fc.assert(
      fc.property(simplex(4), (label) => {
        expectLinear((y) => virtualTeacherPrior(y, [1, 4], { beta: 2, temperature: 20 }), label);
      }),
    );
    const out = new Float32Array(2);
    expect(virtualTeacherPrior(Int32Array.of(1), [2], { beta: 1, out })).toBe(out);
    expect(out).toEqual(Float32Array.of(0.01, 0.99));
  });

  test.each([
    [{ beta: 1, correct: 1 }, "DOMAIN", "correct"],
    [{ beta: 1, correct: 0 }, "DOMAIN", "correct"],
    [{ beta: 1, temperature: 0 }, "DOMAIN", "temperature"],
    [{ beta: 1, tempered: "both" }, "DOMAIN", "tempered"],
    [{}, "TYPE_MISMATCH", "beta"],
    [{ beta: 1, out: new Float64Array(1) }, "SHAPE", "out"],
  ])("bad options %o", (options, code, argument) => {
    expect(() => virtualTeacherPrior(Int32Array.of(0), [3], bad(options))).toThrow(
      expect.objectContaining({ code, argument }),
    );
    expect(() => virtualTeacherPrior(Int32Array.of(0), [1], { beta: 1 })).toThrow("two classes");
  });
});
