import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutout } from "../../src/index.ts";
import { countingImage, rngs, sizes } from "./images.ts";

test("fills one box of at most the square's size, and leaves the rest", () => {
  fc.assert(
    fc.property(sizes, rngs, fc.integer({ min: 1, max: 12 }), (size, rng, side) => {
      const [h, w, c] = size;
      const image = countingImage(size);
      const out = cutout({ size: side }).apply(image, size, rng);
      const cut = Array.from({ length: h * w }, (_, i) => i).filter((i) => out[i * c] === 0);
      const [ys, xs] = [cut.map((i) => Math.floor(i / w)), cut.map((i) => i % w)];
      const height = Math.max(...ys) - Math.min(...ys) + 1;
      const width = Math.max(...xs) - Math.min(...xs) + 1;
      expect(cut).toHaveLength(height * width);
      expect(Math.max(height, width)).toBeLessThanOrEqual(side);
      const box = new Set(cut);
      out.forEach((value, i) => {
        expect(value).toBe(box.has(Math.floor(i / c)) ? 0 : image[i]);
      });
    }),
    { numRuns: 60 },
  );
});

test("away from the border the square is whole", () => {
  const sizesSeen = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const out = cutout({ size: 2, fill: 255 }).apply(
      new Uint8Array(81),
      [9, 9, 1],
      createRng(seed),
    );
    sizesSeen.add(out.filter((v) => v === 255).length);
  }
  expect(Math.max(...sizesSeen)).toBe(4);
});

test.each([
  [{ size: 0 }, "size"],
  [{ fill: -1 }, "fill"],
])("refuses %o", (options, argument) => {
  expect(() => cutout(options)).toThrow(`expected \`${argument}\``);
});
