import { createRng, type Rng, randomInteger } from "@sd/math/random";
import type { ImageDataset } from "../dataset.ts";
import type { Augment, Mixing } from "./augmentation.ts";

/** The augmented rows of a data set: each depends on (seed, epoch, row) alone. */
export class Augmenter {
  readonly #dataset: ImageDataset;
  readonly #augment: Augment;
  readonly #rng: Rng;

  constructor(dataset: ImageDataset, augment: Augment, seed: number) {
    this.#dataset = dataset;
    this.#augment = augment;
    this.#rng = createRng(seed).fork("augment");
  }

  /** The bytes of a row in an epoch, `[h, w, c]`. */
  image(epoch: number, row: number): Uint8Array {
    const { images, shape } = this.#dataset;
    const [, h, w, c] = shape;
    const bytes = images.subarray(row * h * w * c, (row + 1) * h * w * c);
    const { images: steps = [] } = this.#augment;
    return steps.reduce(
      (image, step, i) => step.apply(image, [h, w, c], this.#rng.fork("image", epoch, row, i)),
      bytes,
    );
  }

  /** How rows are mixed, if they are. */
  get mix(): Mixing | undefined {
    return this.#augment.mix;
  }

  /** The row that is mixed into `row` in an epoch, and the draws of their mixture. */
  partner(epoch: number, row: number): { readonly row: number; readonly rng: Rng } {
    const rng = this.#rng.fork("mix", epoch, row);
    return { row: randomInteger(rng.fork("partner"), this.#dataset.shape[0]), rng };
  }
}
