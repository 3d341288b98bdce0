import { softmax, sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows, simplex } from "../../../testing/arbitraries.ts";
import {
  addClassPredictions,
  classMeanPrior,
  classMeans,
  classMeanWeight,
  smoothedTargets,
} from "../src/index.ts";
import { expectLinear } from "./linear.ts";

const bad = (x: unknown): never => x as never;
const CLOSE = { rtol: 1e-13, atol: 1e-16 };

describe("class means", () => {
  test("are the means of right rows, uniform where there are none", () => {
    fc.assert(
      fc.property(
        fc.array(
          rows({ maxClasses: 3 }).filter(({ k }) => k === 3),
          { minLength: 1, maxLength: 4 },
        ),
        (batches) => {
          const epoch = { sums: new Float64Array(9), counts: new Float64Array(3) };
          const kept: { y: number; p: Float64Array }[] = [];
          for (const { logits, labels, shape, n } of batches) {
            addClassPredictions(epoch, logits, labels, shape);
            const probs = softmax(logits, shape);
            for (let i = 0; i < n; i++) {
              const row = [...logits.subarray(3 * i, 3 * i + 3)];
              if (row.indexOf(Math.max(...row)) !== labels[i]) continue;
              kept.push({ y: labels[i]!, p: probs.slice(3 * i, 3 * i + 3) });
            }
          }
          const means = classMeans(epoch);
          for (let y = 0; y < 3; y++) {
            const own = kept.filter((row) => row.y === y);
            expect(epoch.counts[y]).toBe(own.length);
            expect(means.subarray(3 * y, 3 * y + 3)).toBeAllclose(
              [0, 1, 2].map((c) =>
                own.length === 0 ? 1 / 3 : sum(own.map((row) => row.p[c]!)) / own.length,
              ),
              { rtol: 1e-12, atol: 1e-16 },
            );
          }
        },
      ),
    );
  });

  test("their targets are ½ 1[y] + ½ S_y by default; mixed labels are spread linearly", () => {
    const means = Float64Array.of(0.7, 0.2, 0.1, 0.3, 0.6, 0.1, 0, 0, 1);
    const labels = Uint8Array.of(1);
    const { targets } = smoothedTargets(classMeanPrior(means, labels, [3]), labels, [3]);
    expect(targets).toBeAllclose([0.15, 0.8, 0.05], CLOSE);
    fc.assert(
      fc.property(simplex(3), fc.double({ min: 0, max: 5, noNaN: true }), (label, beta) => {
        expectLinear((y) => classMeanPrior(means, y, [1, 3], { beta }), label);
      }),
    );
  });

  test("the first epoch is cross-entropy, or ½ of it as in the published code", () => {
    const labels = Int32Array.of(2);
    expect(classMeanPrior(null, labels, [3])).toEqual(new Float64Array(3));
    expect(classMeanWeight(null)).toBe(1);
    expect(classMeanWeight(null, { firstEpoch: "paper" })).toBe(0.5);
    expect(classMeanWeight(null, { firstEpoch: "paper", beta: 3 })).toBe(0.25);
    expect(classMeanWeight(new Float64Array(9), { firstEpoch: "paper" })).toBe(1);
  });

  test("a row with NaN or a tie before its label is not right", () => {
    const epoch = { sums: new Float32Array(4), counts: new Float32Array(2) };
    const logits = Float64Array.of(Number.NaN, 1, 1, 1, 1, 1, 0, Number.NaN);
    addClassPredictions(epoch, logits, Int32Array.of(0, 1, 0, 1), [4, 2]);
    expect([...epoch.counts]).toEqual([1, 0]);
    expect([...epoch.sums]).toEqual([0.5, 0.5, 0, 0]);
    const out = classMeans(epoch, { out: epoch.sums });
    expect(out).toBe(epoch.sums);
    expect([...out]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  test.each([
    [() => addClassPredictions(bad({}), new Float64Array(2), Int32Array.of(0), [2]), "sums"],
    [
      () =>
        addClassPredictions(
          { sums: new Float64Array(4), counts: new Float64Array(1) },
          new Float64Array(2),
          Int32Array.of(0),
          [2],
        ),
      "counts",
    ],
    [() => classMeans({ sums: new Float64Array(3), counts: new Float64Array(2) }), "sums"],
    [() => classMeans({ sums: new Float64Array(4), counts: Float64Array.of(-1, 0) }), "counts"],
    [() => classMeanPrior(new Float64Array(4), Int32Array.of(0), [2]), "means"],
    [() => classMeanPrior(null, Int32Array.of(2), [2]), "labels"],
    [() => classMeanPrior(null, Int32Array.of(0), [2], { beta: -1 }), "beta"],
    [() => classMeanWeight(null, { firstEpoch: bad("other") }), "firstEpoch"],
  ])("bad input %#", (call, argument) => {
    expect(call).toThrow(expect.objectContaining({ argument }));
  });
});
