import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import { assignByRank, confidenceRanks, trueClassConfidences } from "../src/index.ts";
import fixture from "./fixtures/beta_smoothing.json" with { type: "json" };

const bad = (x: unknown): never => x as never;
const confidences = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 })
  .map((x) => Float64Array.from(x));

describe("trueClassConfidences", () => {
  const shape = [fixture.m, fixture.k];
  const logits = Float64Array.from(fixture.logits);

  test("agrees with numpy, and one-hot rows with labels", () => {
    const labels = Int32Array.from(fixture.labels);
    expect(trueClassConfidences(logits, labels, shape)).toBeAllclose(fixture.confidences, {
      rtol: 1e-13,
    });
    const oneHot = new Float64Array(fixture.m * fixture.k);
    fixture.labels.forEach((y, i) => {
      oneHot[i * fixture.k + y] = 1;
    });
    expect(trueClassConfidences(logits, oneHot, shape)).toEqual(
      trueClassConfidences(logits, labels, shape),
    );
  });

  test("mixed labels give Σ y p; out is filled", () => {
    const out = new Float32Array(1);
    const mixed = Float32Array.of(0.25, 0.75);
    expect(trueClassConfidences(Float64Array.of(0, Math.log(3)), mixed, [1, 2], { out })).toBe(out);
    expect(out[0]).toBe(0.625);
  });

  test.each([
    [logits, new Int32Array(fixture.m).fill(9), "DOMAIN", "labels"],
    [logits, new Float64Array(3), "SHAPE", "labels"],
    [new Float64Array(2), new Int32Array(fixture.m), "SHAPE", "logits"],
    [logits, bad([1]), "TYPE_MISMATCH", "labels"],
  ])("bad input %#", (f, y, code, argument) => {
    expect(() => trueClassConfidences(f, y, shape)).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});

describe("confidenceRanks", () => {
  test("hand values: ties keep their order, infinities and zeros compare", () => {
    expect([...confidenceRanks(Float64Array.of(0.5, 0.5, 0.1, 0.5))]).toEqual([1, 2, 0, 3]);
    expect([...confidenceRanks(Float64Array.of(-Infinity, -Infinity, Infinity, 0))]).toEqual([
      0, 1, 3, 2,
    ]);
    expect([...confidenceRanks(Float64Array.of(0, -0))]).toEqual([0, 1]);
    expect([...confidenceRanks(new Float32Array(0))]).toEqual([]);
  });

  test("ranks order the confidences, whatever increasing transform they went through", () => {
    fc.assert(
      fc.property(confidences, (c) => {
        const ranks = confidenceRanks(c);
        const sorted = new Float64Array(c.length);
        ranks.forEach((r, i) => {
          sorted[r] = c[i]!;
        });
        expect([...sorted]).toEqual([...c].sort((a, b) => a - b));
        // Exact in floating point: doubling, and negating the reversed order.
        expect(confidenceRanks(c.map((v) => 2 * v))).toEqual(ranks);
      }),
    );
  });

  test.each([
    [Float64Array.of(0.1, Number.NaN), "DOMAIN"],
    [bad([0.1]), "TYPE_MISMATCH"],
    [bad(new Int32Array(2)), "TYPE_MISMATCH"],
  ])("bad input %#", (c, code) => {
    expect(() => confidenceRanks(c)).toThrow(
      expect.objectContaining({ code, argument: "confidences" }),
    );
  });
});

describe("assignByRank", () => {
  const sorted = (c: Float64Array): Float64Array => c.map((_, i) => (i + 1) / (c.length + 1));

  test("is monotone in confidence; reversed is antitone; both keep the set of draws", () => {
    fc.assert(
      fc.property(confidences, (c) => {
        const draws = sorted(c);
        const ranked = assignByRank(draws, c);
        const reversed = assignByRank(draws, c, { mode: "reversed" });
        for (let i = 0; i < c.length; i++) {
          for (let j = 0; j < c.length; j++) {
            if (c[i]! < c[j]!) {
              expect(ranked[i]).toBeLessThan(ranked[j]!);
              expect(reversed[i]).toBeGreaterThan(reversed[j]!);
            }
          }
        }
        for (const assigned of [ranked, reversed]) {
          expect([...assigned].sort((a, b) => a - b)).toEqual([...draws]);
        }
      }),
    );
  });

  test("is equivariant to row permutations for distinct confidences and the same draws", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(finite(5), { minLength: 1, maxLength: 15 }),
        fc.nat(),
        (x, turn) => {
          const c = Float64Array.from(x);
          const rotate = (v: Float64Array) => v.map((_, i) => v[(i + turn) % v.length]!);
          // 0 and −0 are equal, hence not distinct.
          fc.pre(new Set(x.map((v) => v + 0)).size === x.length);
          expect(assignByRank(sorted(c), rotate(c))).toEqual(rotate(assignByRank(sorted(c), c)));
        },
      ),
    );
  });

  test("shuffled ignores the confidences, and each draw goes everywhere equally often", () => {
    const c = Float64Array.of(0.1, 0.2, 0.3);
    const draws = Float64Array.of(1, 2, 3);
    const rng = createRng(5);
    const counts = new Float64Array(3);
    for (let i = 0; i < 6000; i++) {
      counts[assignByRank(draws, c, { mode: "shuffled", rng })[0]! - 1]!++;
    }
    // χ² with 2 degrees of freedom, 99.9% point.
    expect(counts.reduce((s, v) => s + (v - 2000) ** 2 / 2000, 0)).toBeLessThan(13.8);
  });

  test("out is filled and returned", () => {
    const out = new Float32Array(2);
    expect(assignByRank(Float64Array.of(0.25, 0.5), Float64Array.of(1, 0), { out })).toBe(out);
    expect(out).toEqual(Float32Array.of(0.5, 0.25));
  });

  const two = Float64Array.of(0.1, 0.2);
  test.each([
    [Float64Array.of(1), two, {}, "SHAPE", "sortedDraws"],
    [two, bad([1, 2]), {}, "TYPE_MISMATCH", "confidences"],
    [two, two, { mode: "shuffled" }, "TYPE_MISMATCH", "rng"],
    [two, two, { mode: "sideways" }, "DOMAIN", "mode"],
    [two, two, { out: new Float64Array(3) }, "SHAPE", "out"],
  ])("bad input %#", (draws, c, options, code, argument) => {
    expect(() => assignByRank(draws, c, bad(options))).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});
