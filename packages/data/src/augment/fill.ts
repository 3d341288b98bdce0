import { checkNumber, ShapeError } from "@sd/math";

/** What stands where an image has no pixel: a byte, or one a channel. */
export type Fill = number | readonly number[];

const BYTE = { min: 0, max: 255, integer: true };

/** Fails unless `fill` holds bytes, and returns it. */
export function checkFill(functionName: string, fill: Fill): Fill {
  for (const value of typeof fill === "number" ? [fill] : fill) {
    checkNumber(functionName, "fill", value, BYTE);
  }
  return fill;
}

/** An image of nothing but `fill`. */
export function filled(functionName: string, fill: Fill, length: number, c: number): Uint8Array {
  if (typeof fill === "number") return new Uint8Array(length).fill(fill);
  if (fill.length !== c) {
    throw new ShapeError(functionName, "fill", `to hold ${c} channels, got ${fill.length}`);
  }
  return Uint8Array.from({ length }, (_, i) => fill[i % c]!);
}
