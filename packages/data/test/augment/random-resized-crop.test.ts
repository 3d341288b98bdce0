import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resample } from "../../src/augment/resample.ts";
import { type ImageSize, randomResizedCrop } from "../../src/index.ts";
import fixture from "../fixtures/bilinear.json" with { type: "json" };
import { countingImage, rngs, sizes } from "./images.ts";

describe("randomResizedCrop", () => {
  test.each(fixture.boxes)("$height × $width at ($top, $left) is torch's, rounded", (box) => {
    const image = Uint8Array.from(fixture.image);
    const size = fixture.size as unknown as ImageSize;
    const out = resample(image, size, box, [size[0], size[1]]);
    out.forEach((value, i) => {
      expect(Math.abs(value - box.pixels[i]!)).toBeLessThanOrEqual(0.5 + 1e-9);
    });
  });

  test.each(fixture.resizes)("$height × $width to $to is torch's with antialiasing", (box) => {
    const size = fixture.size as unknown as ImageSize;
    const [h, w] = box.to as [number, number];
    const out = resample(Uint8Array.from(fixture.image), size, box, [h, w]);
    expect(out).toHaveLength(box.pixels.length);
    out.forEach((value, i) => {
      expect(Math.abs(value - box.pixels[i]!)).toBeLessThanOrEqual(0.5 + 1e-9);
    });
  });

  test("to another size: the same box, brought to that", () => {
    const size = [64, 64, 3] as const;
    const image = countingImage(size);
    const small = randomResizedCrop({ size: 32 });
    expect(small.outputSize!(size)).toEqual([32, 32, 3]);
    expect(small.options).toEqual({ scale: [0.08, 1], ratio: [3 / 4, 4 / 3], size: 32 });
    expect(small.apply(image, size, createRng(4))).toHaveLength(32 * 32 * 3);
    const oblong = randomResizedCrop({ size: [8, 5] });
    expect(oblong.apply(image, size, createRng(4))).toHaveLength(8 * 5 * 3);
    const same = randomResizedCrop({ size: [64, 64] }).apply(image, size, createRng(4));
    expect(same).toEqual(randomResizedCrop().apply(image, size, createRng(4)));
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
    [{ size: 0 }, "size"],
    [{ size: [3, 2.5] }, "size"],
  ] as [object, string][])("refuses %o", (options, argument) => {
    expect(() => randomResizedCrop(options)).toThrow(`expected \`${argument}\``);
  });
});
