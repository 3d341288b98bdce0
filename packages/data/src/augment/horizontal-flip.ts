import { checkNumber } from "@sd/math";
import type { ImageAugmentation } from "./augmentation.ts";
import { builtIn } from "./built-in.ts";

/**
 * The image mirrored left to right, with some probability.
 *
 * @param options - `probability` in [0, 1], by default ½.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { horizontalFlip } from "@sd/data";
 * import { createRng } from "@sd/math/random";
 *
 * const image = Uint8Array.of(1, 2, 3, 4); // two pixels of two channels
 * console.log(horizontalFlip({ probability: 1 }).apply(image, [1, 2, 2], createRng(1))); // Uint8Array(4) [ 3, 4, 1, 2 ]
 * ```
 */
export function horizontalFlip({
  probability = 0.5,
}: {
  readonly probability?: number;
} = {}): ImageAugmentation {
  checkNumber("horizontalFlip", "probability", probability, { min: 0, max: 1 });
  return builtIn({
    name: "horizontal-flip",
    options: { probability },
    apply(image, [, w, c], rng) {
      if (rng.uniform() >= probability) return image;
      const out = new Uint8Array(image.length);
      for (let pixel = 0; pixel < image.length / c; pixel++) {
        const x = pixel % w;
        const mirrored = pixel + w - 1 - 2 * x;
        for (let channel = 0; channel < c; channel++) {
          out[pixel * c + channel] = image[mirrored * c + channel]!;
        }
      }
      return out;
    },
  });
}
