// Boxes of an image brought to another size by linear interpolation, smoothed where they shrink.
import type { ImageSize } from "./augmentation.ts";

/** Rows `top` to `top + height` and columns `left` to `left + width`. */
export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The pixels along one axis that one new pixel is made of, and their shares. */
interface Taps {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
}

/** The two neighbours. Centres of pixels are at ½; beyond the outermost centre the outermost pixel goes on. */
function neighbours(i: number, from: number, to: number): Taps {
  const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
  const low = Math.min(Math.floor(at), from - 1);
  const share = at - low;
  return { indices: [low, Math.min(low + 1, from - 1)], weights: [1 - share, share] };
}

/** All pixels under a triangle whose base is two new pixels wide: what Pillow and torch call antialiasing. */
function triangle(i: number, from: number, to: number): Taps {
  const scale = from / to;
  const centre = (i + 0.5) * scale;
  const first = Math.max(0, Math.floor(centre - scale + 0.5));
  const last = Math.min(from, Math.floor(centre + scale + 0.5));
  const indices = Array.from({ length: last - first }, (_, j) => first + j);
  const weights = indices.map((j) => Math.max(0, 1 - Math.abs(j + 0.5 - centre) / scale));
  const total = weights.reduce((a, b) => a + b, 0);
  return { indices, weights: weights.map((weight) => weight / total) };
}

const tapsOf = (from: number, to: number): Taps[] =>
  Array.from({ length: to }, (_, i) => (from > to ? triangle : neighbours)(i, from, to));

/** The box's rows, brought to `columns.length` pixels each, `[height, columns.length, c]`. */
function alongRows(
  image: Uint8Array,
  [, w, c]: ImageSize,
  { top, left, height }: CropBox,
  columns: readonly Taps[],
): Float64Array {
  const out = new Float64Array(height * columns.length * c);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = ((top + y) * w + left) * c;
    for (const { indices, weights } of columns) {
      for (let channel = 0; channel < c; channel++, to++) {
        let sum = 0;
        for (let j = 0; j < indices.length; j++) {
          sum += image[row + indices[j]! * c + channel]! * weights[j]!;
        }
        out[to] = sum;
      }
    }
  }
  return out;
}

/**
 * The box brought to `height × width`, bilinear, rounded to bytes.
 *
 * @param image - `[h, w, c]`, not changed.
 * @returns `[height, width, c]`.
 */
export function resample(
  image: Uint8Array,
  size: ImageSize,
  box: CropBox,
  [height, width]: readonly [number, number],
): Uint8Array {
  const line = width * size[2];
  const rows = alongRows(image, size, box, tapsOf(box.width, width));
  const out = new Uint8Array(height * line);
  tapsOf(box.height, height).forEach(({ indices, weights }, y) => {
    for (let x = 0; x < line; x++) {
      let sum = 0;
      for (let j = 0; j < indices.length; j++) sum += rows[indices[j]! * line + x]! * weights[j]!;
      out[y * line + x] = Math.round(sum);
    }
  });
  return out;
}
