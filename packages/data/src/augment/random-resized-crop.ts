import { checkNumber, DomainError } from "@sd/math";
import { type Rng, randomInteger } from "@sd/math/random";
import type { ImageAugmentation, ImageSize } from "./augmentation.ts";

/** Options of {@link randomResizedCrop}. */
export interface RandomResizedCropOptions {
  /** The range of the crop's share of the area, in (0, 1]. @defaultValue [0.08, 1] */
  readonly scale?: readonly [number, number];
  /** The range of width over height, drawn uniformly in its logarithm. @defaultValue [3/4, 4/3] */
  readonly ratio?: readonly [number, number];
}

export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
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

/** Where each of `to` pixels lies among `from`: the two neighbours and the share of the second. */
function positions(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    // Centres of pixels are at ½; beyond the outermost centre the outermost pixel goes on.
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(at), from - 1);
    return { low, high: Math.min(low + 1, from - 1), share: at - low };
  });
}

/** The box stretched to the image's size, bilinear, rounded to bytes. */
export function stretch(image: Uint8Array, [h, w, c]: ImageSize, box: CropBox): Uint8Array {
  const out = new Uint8Array(image.length);
  const columns = positions(box.width, w);
  positions(box.height, h).forEach((row, y) => {
    columns.forEach((column, x) => {
      for (let channel = 0; channel < c; channel++) {
        const at = (v: number, u: number): number =>
          image[((box.top + v) * w + box.left + u) * c + channel]!;
        const upper =
          at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share;
        const lower =
          at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share;
        out[(y * w + x) * c + channel] = Math.round(upper * (1 - row.share) + lower * row.share);
      }
    });
  });
  return out;
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
 * A box of random size, shape and place, stretched to the size of the image by bilinear interpolation (Szegedy et al. 2015,
 * arXiv 1409.4842).
 *
 * A box that does not fit is drawn again, ten times at most; then the largest in the middle is taken.
 *
 * @param options - `scale`, `ratio`.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 */
export function randomResizedCrop(options: RandomResizedCropOptions = {}): ImageAugmentation {
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = options;
  checkRange("scale", scale, 1);
  checkRange("ratio", ratio, Number.MAX_VALUE);
  return {
    name: "random-resized-crop",
    options: { scale, ratio },
    apply: (image, size, rng) => stretch(image, size, drawBox(size, scale, ratio, rng)),
  };
}
