import { checkNumber } from "@sd/math";
import { randomInteger } from "@sd/math/random";
import type { ImageAugmentation } from "./augmentation.ts";
import { builtIn } from "./built-in.ts";
import { checkFill, type Fill, filled } from "./fill.ts";

/** Options of {@link randomCrop}. */
export interface RandomCropOptions {
  /** How far the image may be shifted along each axis, in pixels; at least 0. @defaultValue 4 */
  readonly padding?: number;
  /** What comes in from outside. @defaultValue 0 */
  readonly fill?: Fill;
}

/**
 * A window of the image's size, drawn uniformly from the image with `padding` pixels of `fill` around it: CIFAR's standard
 * augmentation.
 *
 * @param options - `padding`, `fill`.
 * @throws {@link DomainError}, {@link TypeMismatchError}; {@link ShapeError} when applied, if `fill` has other channels.
 *
 * @example
 * ```ts
 * import { randomCrop } from "@sd/data";
 * import { createRng } from "@sd/math/random";
 *
 * const image = Uint8Array.of(1, 2, 3);
 * const shifted = randomCrop({ padding: 1 }).apply(image, [1, 3, 1], createRng(1));
 * console.log(shifted.length); // 3
 * ```
 */
export function randomCrop(options: RandomCropOptions = {}): ImageAugmentation {
  const { padding = 4 } = options;
  checkNumber("randomCrop", "padding", padding, { min: 0, integer: true });
  const fill = checkFill("randomCrop", options.fill ?? 0);
  return builtIn({
    name: "random-crop",
    options: { padding, fill },
    apply(image, [h, w, c], rng) {
      const out = filled("randomCrop", fill, image.length, c);
      const dy = randomInteger(rng, 2 * padding + 1) - padding;
      const dx = randomInteger(rng, 2 * padding + 1) - padding;
      const [left, right] = [Math.max(0, -dx), Math.min(w, w - dx)];
      for (let y = Math.max(0, -dy); y < Math.min(h, h - dy) && left < right; y++) {
        const from = (y + dy) * w + dx;
        out.set(image.subarray((from + left) * c, (from + right) * c), (y * w + left) * c);
      }
      return out;
    },
  });
}
