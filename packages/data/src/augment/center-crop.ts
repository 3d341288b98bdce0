import { checkNumber, DomainError } from "@sd/math";
import type { ImageAugmentation, ImageSize } from "./augmentation.ts";
import { builtIn } from "./built-in.ts";

/**
 * The middle of the image; where the rest is odd, the extra row or column is left out by rounding half to even, as torchvision
 * does. Nothing is drawn.
 *
 * @param options - `size`: the side of a square, or height and width; at most those of the image.
 * @throws {@link DomainError}, {@link TypeMismatchError}; {@link DomainError} when applied to a smaller image.
 */
export function centerCrop({
  size,
}: {
  readonly size: number | readonly [h: number, w: number];
}): ImageAugmentation {
  const [height, width] = typeof size === "number" ? [size, size] : size;
  for (const side of [height, width]) {
    checkNumber("centerCrop", "size", side, { min: 1, integer: true });
  }
  const outputSize = ([h, w, c]: ImageSize): ImageSize => {
    if (height <= h && width <= w) return [height, width, c];
    const detail = `to fit into images of ${h} × ${w} pixels, got ${height} × ${width}`;
    throw new DomainError("centerCrop", "size", detail);
  };
  return builtIn({
    name: "center-crop",
    options: { size },
    outputSize,
    apply(image, shape) {
      outputSize(shape);
      const [h, w, c] = shape;
      const [top, left] = [halfToEven(h - height), halfToEven(w - width)];
      const out = new Uint8Array(height * width * c);
      for (let y = 0; y < height; y++) {
        const from = ((top + y) * w + left) * c;
        out.set(image.subarray(from, from + width * c), y * width * c);
      }
      return out;
    },
  });
}

/** n / 2, a half rounded to the even neighbour, as Python rounds. */
function halfToEven(n: number): number {
  const down = Math.floor(n / 2);
  return n % 2 === 0 || down % 2 === 0 ? down : down + 1;
}
