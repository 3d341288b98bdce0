import { createRng, type Rng } from "@sd/math/random";
import fc from "fast-check";
import type { ImageSize } from "../../src/index.ts";

/** An image whose pixels are all different where they fit a byte, from 1 on, so that no pixel is like a fill of 0. */
export function countingImage([h, w, c]: ImageSize): Uint8Array {
  return Uint8Array.from({ length: h * w * c }, (_, i) => 1 + (i % 255));
}

/** Sizes up to 9 × 9 × 3. */
export const sizes: fc.Arbitrary<ImageSize> = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 3 }),
);

/** Generators of all kinds of seeds. */
export const rngs: fc.Arbitrary<Rng> = fc.nat().map((seed) => createRng(seed));
