import { describe, expect, test } from "vitest";
import { binOf } from "../src/bin-sums.ts";

describe("binOf", () => {
  test("edges belong to the bin below, also where a product would round", () => {
    for (const m of [1, 3, 10, 15, 20, 49, 7200]) {
      for (let i = 1; i <= m; i++) {
        expect(binOf(i / m, m)).toBe(i - 1);
        const above = i / m + 2 ** -52;
        if (above <= 1) expect(binOf(above, m)).toBe(i);
      }
    }
    expect([binOf(0, 15), binOf(1, 15), binOf(Number.NaN, 15), binOf(1 + 1e-15, 15)]).toEqual([
      0, 14, 0, 14,
    ]);
  });
});
