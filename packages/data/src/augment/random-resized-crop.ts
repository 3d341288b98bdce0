import { checkNumber, DomainError } from "@sd/math";
import { type Rng, randomInteger } from "@sd/math/random";
import type { ImageAugmentation, ImageSize } from "./augmentation.ts";
import { builtIn } from "./built-in.ts";
import { type CropBox, resample } from "./resample.ts";

/** Options of {@link randomResizedCrop}. */
export interface RandomResizedCropOptions {
  /** The range of the crop's share of the area, in (0, 1]. @defaultValue [0.08, 1] */
  readonly scale?: readonly [number, number];
  /** The range of width over height, drawn uniformly in its logarithm. @defaultValue [3/4, 4/3] */
  readonly ratio?: readonly [number, number];
  /** The side of the square that the box is brought to, or height and width. @defaultValue the image's size */
  readonly size?: number | readonly [h: number, w: number];
}

/** How many boxes are drawn before the largest one in the middle is taken. */
const TRIES = 10;

function drawBox(
  [h, w]: ImageSize,
  [smallest, largest]: readonly [number, number],
  [narrowest, widest]: readonly [number, number],
  rng: Rng,
): CropBox {
  for (let i = 0; i < TRIES; i++) {
    const area = h * w * (smallest + (largest - smallest) * rng.uniform());
    const ratio = narrowest * (widest / narrowest) ** rng.uniform();
    const height = Math.round(Math.sqrt(area / ratio));
    const width = Math.round(Math.sqrt(area * ratio));
    if (height < 1 || width < 1 || height > h || width > w) continue;
    const top = randomInteger(rng, h - height + 1);
    const left = randomInteger(rng, w - width + 1);
    return { top, left, height, width };
  }
  const ratio = Math.min(widest, Math.max(narrowest, w / h));
  const height = Math.max(1, Math.min(h, Math.round(w / ratio)));
  const width = Math.max(1, Math.min(w, Math.round(h * ratio)));
  return { top: (h - height) >> 1, left: (w - width) >> 1, height, width };
}

function checkRange(argument: string, [low, high]: readonly [number, number], max: number): void {
  for (const value of [low, high]) {
    checkNumber("randomResizedCrop", argument, value, { min: 0, aboveMin: true, max });
  }
  if (low > high) {
    throw new DomainError("randomResizedCrop", argument, `to ascend, got [${low}, ${high}]`);
  }
}

/**
 * A box of random size, shape and place, brought to the size of the image, or to `size`, by bilinear interpolation that is
 * smoothed where it shrinks (Szegedy et al. 2015, arXiv 1409.4842).
 *
 * A box that does not fit is drawn again, ten times at most; then the largest in the middle is taken.
 *
 * @param options - `scale`, `ratio`, `size`.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 */
export function randomResizedCrop(options: RandomResizedCropOptions = {}): ImageAugmentation {
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], size } = options;
  checkRange("scale", scale, 1);
  checkRange("ratio", ratio, Number.MAX_VALUE);
  const sides = typeof size === "number" ? ([size, size] as const) : size;
  for (const side of sides ?? []) {
    checkNumber("randomResizedCrop", "size", side, { min: 1, integer: true });
  }
  return builtIn({
    name: "random-resized-crop",
    options: { scale, ratio, ...(size === undefined ? {} : { size }) },
    outputSize: ([h, w, c]) => [...(sides ?? ([h, w] as const)), c],
    apply: (image, shape, rng) =>
      resample(image, shape, drawBox(shape, scale, ratio, rng), sides ?? [shape[0], shape[1]]),
  });
}
