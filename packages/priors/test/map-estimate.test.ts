import { isSdError, sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simplex } from "../../../testing/arbitraries.ts";
import { dirichletLogDensity, dirichletMode, mapEstimate, NoModeError } from "../src/index.ts";

describe("mapEstimate", () => {
  test("hand values, one row per case", () => {
    const counts = Float64Array.of(1, 0, 0, 2, 1, 1, 0, 0, 5);
    const alpha = Float64Array.of(1.5, 1.5, 2, 1, 1, 1, 0.5, 1, 1.5).fill(1, 6);
    expect(mapEstimate(counts, alpha, [3, 3])).toBeAllclose([
      1.5 / 3,
      0.5 / 3,
      1 / 3,
      0.5,
      0.25,
      0.25,
      0,
      0,
      1,
    ]);
  });

  test("α < 1 is fine where counts make up for it, and on the face where they just do", () => {
    const counts = Float64Array.of(1, 0.5);
    expect(mapEstimate(counts, Float64Array.of(0.5, 0.5), [2])).toEqual(Float64Array.of(1, 0));
  });

  test("each numerator's sign is tested: all negative is no mode, though it normalises", () => {
    const alpha = Float64Array.of(0.5, 0.25);
    try {
      mapEstimate(new Float64Array(2), alpha, [1, 2]);
      expect.unreachable();
    } catch (error) {
      expect(isSdError(error)).toBe(true);
      expect(error).toBeInstanceOf(NoModeError);
      expect(error).toMatchObject({ code: "NO_MODE", row: 0, reason: "negative" });
    }
  });

  test("one negative numerator in a later row names that row", () => {
    const counts = Float64Array.of(1, 0, 1, 0);
    const call = () => mapEstimate(counts, Float64Array.of(1, 1, 2, 0.9), [2, 2]);
    expect(call).toThrow(
      "mapEstimate: expected `concentration` plus counts to be at least 1, got 0.9 at index 3",
    );
    expect(call).toThrow(expect.objectContaining({ row: 1, reason: "negative" }));
  });

  test("a flat posterior has no unique mode", () => {
    const call = () => mapEstimate(new Float64Array(2), Float64Array.of(1, 1), [2]);
    expect(call).toThrow(expect.objectContaining({ code: "NO_MODE", reason: "flat", row: 0 }));
    expect(() => dirichletMode(Float64Array.of(1, 1), [2])).toThrow(
      "dirichletMode: expected `concentration` to exceed 1 somewhere in row 0",
    );
  });

  test("lies on the simplex and has the highest posterior density", () => {
    const counts = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 })
      .map((c) => Float64Array.from(c));
    fc.assert(
      fc.property(counts, simplex(3), simplex(3), (c, share, point) => {
        const alpha = share.map((v) => 1 + 3 * v);
        const mode = mapEstimate(c, alpha, [3]);
        expect(sum(mode)).toBeAllclose(1, { rtol: 1e-15 });
        const posterior = alpha.map((a, j) => a + c[j]!);
        const at = (z: Float64Array) => dirichletLogDensity(z.map(Math.log), posterior, [3])[0]!;
        expect(at(point)).toBeLessThanOrEqual(at(mode) + 1e-11);
      }),
    );
  });

  test("out may be one of the inputs", () => {
    const counts = Float64Array.of(1, 0);
    const alpha = Float64Array.of(2, 3);
    const expected = mapEstimate(counts, alpha, [2]);
    expect(mapEstimate(counts, alpha, [2], { out: counts })).toBe(counts);
    expect(counts).toEqual(expected);
  });

  test.each([
    [Float64Array.of(1), Float64Array.of(1, 1), "SHAPE", "counts"],
    [Float64Array.of(-1, 1), Float64Array.of(1, 1), "DOMAIN", "counts"],
    [Float64Array.of(1, 1), Float64Array.of(0, 1), "DOMAIN", "concentration"],
    [[1, 1] as never, Float64Array.of(1, 1), "TYPE_MISMATCH", "counts"],
  ])("bad input %#", (counts, alpha, code, argument) => {
    expect(() => mapEstimate(counts, alpha, [2])).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});
