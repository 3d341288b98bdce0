import type { Rng } from "@sd/math/random";
import type { Pixels } from "../batch.ts";

/** The axes of one image. */
export type ImageSize = readonly [h: number, w: number, c: number];

/** An option as a run's configuration records it. */
export type RecordedOption = number | string | boolean | readonly number[];

/** A random change of one image that leaves its label as it is. */
export interface ImageAugmentation {
  readonly name: string;
  /** Resolved: enough to make it again. */
  readonly options: Readonly<Record<string, RecordedOption>>;
  /** The size of what `apply` returns, the same for all images of a size. @defaultValue the image's own */
  outputSize?(size: ImageSize): ImageSize;
  /**
   * @param image - `[h, w, c]` bytes; not changed.
   * @param rng - The draws of this augmentation, epoch and example alone.
   * @returns An image of `outputSize(size)`; `image` itself where nothing was changed.
   */
  apply(image: Uint8Array, size: ImageSize, rng: Rng): Uint8Array;
}

/** A mixture of each image with another one, and of their labels. */
export interface Mixing {
  readonly name: string;
  /** Resolved: enough to make it again. */
  readonly options: Readonly<Record<string, RecordedOption>>;
  /** Whether mixed bytes are bytes: then raw images are mixed as bytes, else as floats. @defaultValue false */
  readonly keepsBytes?: boolean;
  /**
   * Mixes `other` into `own`, in place.
   *
   * @param own - `[h, w, c]`, normalised, or 0…255 where the loader does not normalise.
   * @param other - The same of another example, as it was augmented itself; not changed.
   * @param rng - The draws of this epoch and example alone.
   * @returns λ in [0, 1], the share of `own` in the label: `λ y_own + (1 − λ) y_other`.
   */
  mix(own: Pixels, other: Pixels, size: ImageSize, rng: Rng): number;
}

/** How images are changed on their way into a batch. */
export interface Augment {
  /** One after the other, on bytes. */
  readonly images?: readonly ImageAugmentation[];
  /** After them and after normalising, with another row of the data set. */
  readonly mix?: Mixing;
}
