import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stretch } from "../../src/augment/random-resized-crop.ts";
import { type ImageSize, randomResizedCrop } from "../../src/index.ts";
import fixture from "../fixtures/bilinear.json" with { type: "json" };
import { countingImage, rngs, sizes } from "./images.ts";

describe("randomResizedCrop", () => {
  test.each(fixture.boxes)("$height × $width at ($top, $left) is torch's, rounded", (box) => {
    const image = Uint8Array.from(fixture.image);
    const out = stretch(image, fixture.size as unknown as ImageSize, box);
    out.forEach((value, i) => {
      expect(Math.abs(value - box.pixels[i]!)).toBeLessThanOrEqual(0.5 + 1e-9);
    });
  });

  test("stays inside the image: no pixel beyond its range", () => {
    fc.assert(
      fc.property(sizes, rngs, (size, rng) => {
        const image = countingImage(size);
        const out = randomResizedCrop().apply(image, size, rng);
        expect(out).toHaveLength(image.length);
        expect(Math.min(...out)).toBeGreaterThanOrEqual(Math.min(...image));
        expect(Math.max(...out)).toBeLessThanOrEqual(Math.max(...image));
      }),
    );
  });

  test("the whole area in the image's own shape is the image", () => {
    const size = [5, 7, 3] as const;
    const crop = randomResizedCrop({ scale: [1, 1], ratio: [7 / 5, 7 / 5] });
    expect(crop.apply(countingImage(size), size, createRng(1))).toEqual(countingImage(size));
  });

  test("where no box fits, the largest in the middle is taken", () => {
    // Nine pixels in a row of one: a square is one pixel, the middle one.
    const crop = randomResizedCrop({ scale: [1, 1], ratio: [1, 1] });
    const out = crop.apply(countingImage([1, 9, 1]), [1, 9, 1], createRng(1));
    expect([...new Set(out)]).toEqual([5]);
  });

  test.each([
    [{ scale: [0, 1] }, "scale"],
    [{ scale: [0.5, 1.5] }, "scale"],
    [{ scale: [0.9, 0.1] }, "scale"],
    [{ ratio: [-1, 1] }, "ratio"],
    [{ ratio: [2, 1] }, "ratio"],
  ] as [object, string][])("refuses %o", (options, argument) => {
    expect(() => randomResizedCrop(options)).toThrow(`expected \`${argument}\``);
  });
});
