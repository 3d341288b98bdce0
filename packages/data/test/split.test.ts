import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stratifiedSplit } from "../src/index.ts";

const cycle = (n: number, k: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i % k);

const countsOf = (labels: Int32Array, rows: Int32Array, k: number): number[] => {
  const counts = new Array<number>(k).fill(0);
  for (const row of rows) counts[labels[row]!]!++;
  return counts;
};

describe("equal", () => {
  test("disjoint, of the sizes asked for, balanced up to one, deterministic", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.nat(40),
        fc.nat(40),
        fc.nat(),
        (k, a, b, seed) => {
          const labels = cycle(100 * k, k);
          const options = { sizes: { a, b }, classes: k, seed };
          const parts = stratifiedSplit(labels, options);
          expect([parts.a.length, parts.b.length]).toEqual([a, b]);
          expect(new Set([...parts.a, ...parts.b]).size).toBe(a + b);
          const together = Int32Array.of(...parts.a, ...parts.b);
          for (const rows of [parts.a, parts.b, together]) {
            const counts = countsOf(labels, rows, k);
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
          expect(stratifiedSplit(labels, options)).toEqual(parts);
        },
      ),
    );
  });

  test("the seed matters, and rows come ascending", () => {
    const labels = cycle(300, 3);
    const [one, two] = [1, 2].map(
      (seed) => stratifiedSplit(labels, { sizes: { a: 60 }, classes: 3, seed }).a,
    );
    expect(one).not.toEqual(two);
    expect(one).toEqual(one!.slice().sort());
  });

  test("every row of a class is equally likely", () => {
    const labels = new Int32Array(10);
    const times = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      for (const row of stratifiedSplit(labels, { sizes: { a: 3 }, classes: 1, seed }).a)
        times[row]!++;
    }
    // Binomial(2000, 0.3) has a deviation of 20.5; five of them on each side.
    for (const count of times) expect(Math.abs(count - 600)).toBeLessThan(103);
  });

  test("a class with too few rows is named", () => {
    const labels = Int32Array.of(0, 0, 0, 1);
    expect(() => stratifiedSplit(labels, { sizes: { a: 2, b: 2 }, classes: 2, seed: 1 })).toThrow(
      "stratifiedSplit: expected `sizes.b` to leave class 1 enough rows: 1 wanted, 0 left of 1",
    );
  });
});

describe("proportional", () => {
  test("keeps each class's share up to one row, and can use every row", () => {
    const counts = fc.array(fc.nat(30), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        counts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (sizes, share, seed) => {
          const labels = Int32Array.from(
            sizes.flatMap((size, c) => new Array<number>(size).fill(c)),
          );
          const a = Math.floor(share * labels.length);
          const parts = stratifiedSplit(labels, {
            sizes: { a, b: labels.length - a },
            classes: sizes.length,
            seed,
            balance: "proportional",
          });
          expect([...parts.a, ...parts.b].sort((x, y) => x - y)).toEqual([...labels.keys()]);
          countsOf(labels, parts.a, sizes.length).forEach((count, c) => {
            expect(Math.abs(count - (a * sizes[c]!) / Math.max(1, labels.length))).toBeLessThan(
              1 + 1e-9,
            );
          });
        },
      ),
    );
  });

  test("more than all rows is refused", () => {
    const options = { sizes: { a: 5 }, classes: 2, seed: 1, balance: "proportional" } as const;
    expect(() => stratifiedSplit(Int32Array.of(0, 0, 1, 1), options)).toThrow("enough rows");
  });
});

test.each([
  [{ sizes: { a: -1 }, classes: 2, seed: 1 }, "sizes.a"],
  [{ sizes: { a: 0.5 }, classes: 2, seed: 1 }, "sizes.a"],
  [{ sizes: { a: 1 }, classes: 0, seed: 1 }, "classes"],
  [{ sizes: { a: 1 }, classes: 1, seed: 1 }, "labels"],
])("refuses %o", (options, argument) => {
  expect(() => stratifiedSplit(Int32Array.of(0, 1), options)).toThrow(`expected \`${argument}\``);
});
