import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { centerCrop, type ImageDataset, Loader, mixup, resize } from "../../src/index.ts";
import { countingImage, sizes } from "./images.ts";

const rng = createRng(1);

describe("resize", () => {
  test.each([
    [2, [4, 6, 1], [2, 3, 1]],
    [2, [6, 4, 3], [3, 2, 3]],
    [3, [5, 8, 1], [3, 4, 1]],
    [9, [3, 3, 2], [9, 9, 2]],
    [
      [7, 2],
      [3, 5, 3],
      [7, 2, 3],
    ],
  ] as const)("%o of %o is %o", (size, from, to) => {
    const step = resize({ size });
    expect(step.outputSize!(from)).toEqual(to);
    expect(step.apply(countingImage(from), from, rng)).toHaveLength(to[0] * to[1] * to[2]);
  });

  test("to its own size is the image; one colour stays one colour", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.nat(255), (size, side, colour) => {
        const image = countingImage(size);
        expect(resize({ size: [size[0], size[1]] }).apply(image, size, rng)).toEqual(image);
        const plain = image.map(() => colour);
        expect(new Set(resize({ size: side }).apply(plain, size, rng))).toEqual(new Set([colour]));
      }),
    );
  });

  test("half the size keeps the mean of a picture that changes slowly", () => {
    const image = Uint8Array.from({ length: 64 }, (_, i) => 100 + (i % 8));
    const half = resize({ size: 4 }).apply(image, [8, 8, 1], rng);
    const mean = half.reduce((a, b) => a + b, 0) / half.length;
    expect(mean).toBeAllclose(103.5, { atol: 0.5 });
  });

  test.each([0, 1.5, [3, 0]])("refuses %o", (size) => {
    expect(() => resize({ size: size as number })).toThrow("resize: expected `size`");
  });
});

describe("centerCrop", () => {
  test.each([
    [1, 3, [4]],
    [1, 4, [5]], // 1.5 is rounded to 2, as Python does
    [1, 2, [0]], // 0.5 is rounded to 0
  ])("%i of %i pixels a side", (side, of, expected) => {
    const image = Uint8Array.from({ length: of * of }, (_, i) => (of === 4 ? i - 5 : i));
    const shown = centerCrop({ size: side }).apply(image, [of, of, 1], rng);
    expect([...shown]).toEqual(expected);
  });

  test("the whole image is the image", () => {
    expect(centerCrop({ size: [2, 3] }).apply(countingImage([2, 3, 2]), [2, 3, 2], rng)).toEqual(
      countingImage([2, 3, 2]),
    );
  });

  test("refuses what does not fit", () => {
    expect(() => centerCrop({ size: 0 })).toThrow("centerCrop: expected `size`");
    expect(() => centerCrop({ size: 4 }).outputSize!([3, 9, 1])).toThrow(
      "centerCrop: expected `size` to fit into images of 3 × 9 pixels, got 4 × 4",
    );
  });
});

describe("a loader's images", () => {
  const dataset: ImageDataset = {
    name: "toy",
    images: Uint8Array.from({ length: 5 * 8 * 6 }, (_, i) => i % 256),
    labels: Int32Array.of(0, 1, 0, 1, 0),
    shape: [5, 8, 6, 1],
    classes: 2,
    checksum: "",
  };

  test("have the size of the last augmentation", () => {
    const images = [resize({ size: 3 }), centerCrop({ size: [2, 3] })];
    for (const mix of [undefined, mixup()]) {
      const augment = { images, ...(mix ? { mix } : {}) };
      const loader = new Loader(dataset, { batchSize: 4, seed: 1, augment });
      expect(loader.imageShape).toEqual([2, 3, 1]);
      const batches = [...loader.epoch(0)];
      expect(batches.map(({ shape }) => shape)).toEqual([
        [4, 2, 3, 1],
        [1, 2, 3, 1],
      ]);
      expect(batches[0]!.images).toHaveLength(24);
    }
    expect(new Loader(dataset, { batchSize: 4 }).imageShape).toEqual([8, 6, 1]);
  });

  test("that do not fit are refused at once; so is an augmentation that says another size", () => {
    const loading = (step: object) =>
      new Loader(dataset, {
        batchSize: 1,
        seed: 1,
        augment: { images: [step as ReturnType<typeof resize>] },
      });
    expect(() => loading(centerCrop({ size: 7 }))).toThrow("to fit into images of 8 × 6");
    const wrong = { ...resize({ size: 2 }), outputSize: undefined };
    expect(() => [...loading(wrong).epoch(0)]).toThrow(
      "resize: expected `apply` to return an image of its outputSize [8, 6, 1], got 4 bytes",
    );
  });
});
