import { checkNumber } from "@sd/math";
import { randomInteger } from "@sd/math/random";
import type { ImageAugmentation } from "./augmentation.ts";
import { boxAround, copyBox } from "./box.ts";
import { builtIn } from "./built-in.ts";
import { checkFill, type Fill, filled } from "./fill.ts";

/** Options of {@link cutout}. */
export interface CutoutOptions {
  /** The side of the square, in pixels; at least 1. @defaultValue 16 */
  readonly size?: number;
  /** What the square holds; the paper has the channels' means. @defaultValue 0 */
  readonly fill?: Fill;
}

/**
 * A square without information, its centre drawn from all pixels, cut off at the border (DeVries, Taylor 2017,
 * arXiv 1708.04552).
 *
 * @param options - `size`, `fill`.
 * @throws {@link DomainError}, {@link TypeMismatchError}; {@link ShapeError} when applied, if `fill` has other channels.
 */
export function cutout(options: CutoutOptions = {}): ImageAugmentation {
  const { size = 16 } = options;
  checkNumber("cutout", "size", size, { min: 1, integer: true });
  const fill = checkFill("cutout", options.fill ?? 0);
  return builtIn({
    name: "cutout",
    options: { size, fill },
    apply(image, shape, rng) {
      const [h, w, c] = shape;
      const centre = [randomInteger(rng, h), randomInteger(rng, w)] as const;
      const out = image.slice();
      copyBox(
        out,
        filled("cutout", fill, image.length, c),
        shape,
        boxAround(centre, [size, size], shape),
      );
      return out;
    },
  });
}
