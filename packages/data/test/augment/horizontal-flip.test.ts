import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { expect, test } from "vitest";
import { horizontalFlip } from "../../src/index.ts";
import { countingImage, rngs, sizes } from "./images.ts";

const always = horizontalFlip({ probability: 1 });

test("twice is the image itself, and once turns each row around", () => {
  fc.assert(
    fc.property(sizes, rngs, (size, rng) => {
      const [h, w, c] = size;
      const image = countingImage(size);
      const once = always.apply(image, size, rng);
      expect(always.apply(once, size, rng)).toEqual(image);
      const pixel = (of: Uint8Array, y: number, x: number): number[] =>
        Array.from(of.subarray((y * w + x) * c, (y * w + x + 1) * c));
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          expect(pixel(once, y, x)).toEqual(pixel(image, y, w - 1 - x));
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("as often as its probability says", () => {
  const image = Uint8Array.of(1, 2);
  const flips = (probability: number): number =>
    Array.from({ length: 1000 }, (_, seed) =>
      horizontalFlip({ probability }).apply(image, [1, 2, 1], createRng(seed)),
    ).filter((out) => out[0] === 2).length;
  expect(flips(0)).toBe(0);
  expect(flips(1)).toBe(1000);
  // Four deviations of a binomial of 1000.
  expect(Math.abs(flips(0.5) - 500)).toBeLessThan(64);
  expect(Math.abs(flips(0.2) - 200)).toBeLessThan(51);
});

test.each([-0.1, 1.1, Number.NaN])("refuses a probability of %d", (probability) => {
  expect(() => horizontalFlip({ probability })).toThrow("expected `probability`");
});
