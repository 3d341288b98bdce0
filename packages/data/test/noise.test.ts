import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asymmetricNoise, givenNoise, symmetricNoise } from "../src/index.ts";

const rate = fc.double({ min: 0, max: 1, noNaN: true });

describe("symmetricNoise", () => {
  test("exactly round(rate n) rows get another class, the others keep theirs", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.nat(50),
        rate,
        fc.nat(),
        (classes, n, r, seed) => {
          const clean = Int32Array.from({ length: n }, (_, i) => i % classes);
          const { labels, flipped } = symmetricNoise(clean, { classes, rate: r, seed });
          expect(flipped.reduce((a, b) => a + b, 0)).toBe(Math.round(r * n));
          labels.forEach((label, i) => {
            expect(label !== clean[i]).toBe(flipped[i] === 1);
            expect(label >= 0 && label < classes).toBe(true);
          });
          expect(symmetricNoise(clean, { classes, rate: r, seed }).labels).toEqual(labels);
        },
      ),
    );
  });

  test("the other classes are equally likely", () => {
    const { labels } = symmetricNoise(new Int32Array(9000).fill(1), {
      classes: 4,
      rate: 1,
      seed: 3,
    });
    const counts = [0, 1, 2, 3].map((c) => labels.filter((label) => label === c).length);
    expect(counts[1]).toBe(0);
    // Binomial(9000, 1/3) has a deviation of 44.7; five of them.
    for (const c of [0, 2, 3]) expect(Math.abs(counts[c]! - 3000)).toBeLessThan(224);
  });

  test("the input is not changed", () => {
    const clean = Int32Array.of(0, 1, 0, 1);
    symmetricNoise(clean, { classes: 2, rate: 1, seed: 1 });
    expect(clean).toEqual(Int32Array.of(0, 1, 0, 1));
  });

  test.each([
    [{ classes: 1, rate: 0, seed: 1 }, "classes"],
    [{ classes: 2, rate: 1.1, seed: 1 }, "rate"],
    [{ classes: 2, rate: Number.NaN, seed: 1 }, "rate"],
  ])("refuses %o", (options, argument) => {
    expect(() => symmetricNoise(new Int32Array(2), options)).toThrow(`expected \`${argument}\``);
  });
});

describe("asymmetricNoise", () => {
  test("classes go where the map says, in exact numbers", () => {
    const clean = Int32Array.from({ length: 30 }, (_, i) => i % 3);
    const { labels, flipped } = asymmetricNoise(clean, { map: [1, 1, 0], rate: 0.25, seed: 1 });
    const moved = (from: number, to: number) =>
      labels.filter((label, i) => clean[i] === from && label === to && flipped[i] === 1).length;
    // round(2.5) = 3 of the ten rows of classes 0 and 2; class 1 maps to itself.
    expect([moved(0, 1), moved(2, 0)]).toEqual([3, 3]);
    expect(flipped.filter(Boolean)).toHaveLength(6);
  });

  test.each([[[0, 2]], [[0, 0.5]], [[0, -1]]])("refuses the map %o", (map) => {
    expect(() => asymmetricNoise(Int32Array.of(0), { map, rate: 0, seed: 1 })).toThrow(
      "expected `map`",
    );
  });
});

describe("givenNoise", () => {
  test("takes the given labels over, and tells where they differ", () => {
    const given = Uint8Array.of(0, 2, 2, 1);
    const { labels, flipped } = givenNoise(Int32Array.of(0, 1, 2, 0), given, { classes: 3 });
    expect(labels).toEqual(Int32Array.of(0, 2, 2, 1));
    expect(flipped).toEqual(Uint8Array.of(0, 1, 0, 1));
  });

  test.each([
    [Int32Array.of(0), Int32Array.of(0, 1), "`given`"],
    [Int32Array.of(0), Int32Array.of(2), "0…1"],
    [Int32Array.of(2), Int32Array.of(0), "0…1"],
  ])("refuses %o with %o", (labels, given, message) => {
    expect(() => givenNoise(labels, given, { classes: 2 })).toThrow(message);
  });
});
