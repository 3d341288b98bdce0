import type { Pixels } from "../batch.ts";
import type { ImageSize } from "./augmentation.ts";

/** Rows `top` to `bottom` and columns `left` to `right`, the ends left out. */
export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A box of a size around a pixel, cut off at the border; an even side has its extra pixel before the centre. */
export function boxAround(
  [y, x]: readonly [number, number],
  [height, width]: readonly [number, number],
  [h, w]: ImageSize,
): Box {
  const [top, left] = [y - Math.floor(height / 2), x - Math.floor(width / 2)];
  return {
    top: Math.max(0, top),
    bottom: Math.min(h, top + height),
    left: Math.max(0, left),
    right: Math.min(w, left + width),
  };
}

/** How many pixels a box has. */
export const areaOf = ({ top, bottom, left, right }: Box): number =>
  Math.max(0, bottom - top) * Math.max(0, right - left);

/** Copies the box of one image into another, in place. */
export function copyBox(
  to: Pixels,
  from: Pixels,
  [, w, c]: ImageSize,
  { top, bottom, left, right }: Box,
): void {
  for (let y = top; y < bottom && left < right; y++) {
    const [first, last] = [(y * w + left) * c, (y * w + right) * c];
    to.set(from.subarray(first, last), first);
  }
}
