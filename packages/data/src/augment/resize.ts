import { checkNumber } from "@sd/math";
import type { ImageAugmentation, ImageSize } from "./augmentation.ts";
import { builtIn } from "./built-in.ts";
import { resample } from "./resample.ts";

const SIDE = { min: 1, integer: true };

/**
 * The whole image brought to another size, bilinear, smoothed where it shrinks: for validation images beside
 * {@link randomResizedCrop}, followed by {@link centerCrop}. Nothing is drawn.
 *
 * @param options - `size`: the shorter side, the other one in proportion, rounded down; or height and width.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { resize } from "@sd/data";
 * import { createRng } from "@sd/math/random";
 *
 * const half = resize({ size: 1 });
 * console.log(half.outputSize!([2, 4, 1])); // [ 1, 2, 1 ]
 * const image = Uint8Array.of(0, 10, 20, 30, 0, 10, 20, 30);
 * console.log(half.apply(image, [2, 4, 1], createRng(1))); // Uint8Array(2) [ 7, 23 ]
 * ```
 */
export function resize({
  size,
}: {
  readonly size: number | readonly [h: number, w: number];
}): ImageAugmentation {
  for (const side of typeof size === "number" ? [size] : size) {
    checkNumber("resize", "size", side, SIDE);
  }
  const outputSize = ([h, w, c]: ImageSize): ImageSize => {
    if (typeof size !== "number") return [size[0], size[1], c];
    const other = Math.floor((size * Math.max(h, w)) / Math.min(h, w));
    return h <= w ? [size, other, c] : [other, size, c];
  };
  return builtIn({
    name: "resize",
    options: { size },
    outputSize,
    apply(image, shape) {
      const [h, w] = shape;
      const [height, width] = outputSize(shape);
      return resample(image, shape, { top: 0, left: 0, height: h, width: w }, [height, width]);
    },
  });
}
