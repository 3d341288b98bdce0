import { sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { softLabelPrior, softLabelsFromVotes, votePrior } from "../src/index.ts";

const bad = (x: unknown): never => x as never;
const CLOSE = { rtol: 1e-13, atol: 1e-16 };

describe("votes", () => {
  const votes = fc.array(fc.nat(50), { minLength: 5, maxLength: 5 }).filter((v) => sum(v) > 0);

  test("their shares, with pseudo-counts the mean of the posterior", () => {
    expect(softLabelsFromVotes(Uint8Array.of(1, 3, 0, 0), [4])).toEqual(
      Float64Array.of(0.25, 0.75, 0, 0),
    );
    fc.assert(
      fc.property(votes, fc.double({ min: 0, max: 3, noNaN: true }), (v, pseudoCount) => {
        const s = softLabelsFromVotes(Uint8Array.from(v), [5], { pseudoCount });
        expect(sum(s)).toBeAllclose(1, { rtol: 1e-14 });
        const total = sum(v) + 5 * pseudoCount;
        expect(s).toBeAllclose(
          v.map((count) => (count + pseudoCount) / total),
          CLOSE,
        );
        expect(votePrior(Float32Array.from(v), [5], { beta: 2, pseudoCount })).toBeAllclose(
          softLabelPrior(s, [5], { beta: 2 }),
          CLOSE,
        );
      }),
    );
  });

  test("a row without votes is refused, and uniform with pseudo-counts", () => {
    expect(() => softLabelsFromVotes(Uint8Array.of(1, 0, 0, 0), [2, 2])).toThrow(
      "softLabelsFromVotes: expected `votes` to hold a vote in every row, got none in row 1",
    );
    const smooth = softLabelsFromVotes(Uint8Array.of(1, 0, 0, 0), [2, 2], { pseudoCount: 0.5 });
    expect([...smooth]).toEqual([0.75, 0.25, 0.5, 0.5]);
  });

  test.each([
    [Uint8Array.of(1), [2], {}, "SHAPE", "votes"],
    [bad([1, 2]), [2], {}, "TYPE_MISMATCH", "votes"],
    [Int8Array.of(-1, 2), [2], {}, "DOMAIN", "votes"],
    [Float64Array.of(Number.NaN, 2), [2], {}, "DOMAIN", "votes"],
    [Uint8Array.of(1, 2), [2], { pseudoCount: -1 }, "DOMAIN", "pseudoCount"],
    [Uint8Array.of(1, 2), [2], { out: new Float64Array(1) }, "SHAPE", "out"],
  ])("bad input %#", (v, shape, options, code, argument) => {
    const error = expect.objectContaining({ code, argument });
    expect(() => softLabelsFromVotes(v, shape, options)).toThrow(error);
    expect(() => votePrior(v, shape, { beta: 1, ...options })).toThrow(error);
  });
});
