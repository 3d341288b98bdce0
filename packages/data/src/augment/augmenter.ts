import { ShapeError } from "@sd/math";
import { createRng, type Rng, randomInteger } from "@sd/math/random";
import type { ImageDataset } from "../dataset.ts";
import type { Augment, ImageAugmentation, ImageSize, Mixing } from "./augmentation.ts";

/** Fails where an augmentation gives another size than it says. */
function checkLength(step: ImageAugmentation, image: Uint8Array, size: ImageSize): Uint8Array {
  if (image.length === size[0] * size[1] * size[2]) return image;
  const detail = `to return an image of its outputSize [${size.join(", ")}], got ${image.length} bytes`;
  throw new ShapeError(step.name, "apply", detail);
}

/** The augmented rows of a data set: each depends on (seed, epoch, row) alone. */
export class Augmenter {
  /** The axes of an augmented image. */
  readonly imageShape: ImageSize;
  readonly #dataset: Pick<ImageDataset, "images" | "shape">;
  readonly #augment: Augment;
  /** The axes that each step is given. */
  readonly #sizes: readonly ImageSize[];
  readonly #rng: Rng;

  constructor(dataset: Pick<ImageDataset, "images" | "shape">, augment: Augment, seed: number) {
    this.#dataset = dataset;
    this.#augment = augment;
    this.#rng = createRng(seed).fork("augment");
    const [, h, w, c] = dataset.shape;
    const sizes: ImageSize[] = [[h, w, c]];
    for (const step of augment.images ?? []) {
      sizes.push(step.outputSize?.(sizes.at(-1)!) ?? sizes.at(-1)!);
    }
    this.#sizes = sizes;
    this.imageShape = sizes.at(-1)!;
  }

  /** The bytes of a row in an epoch, `imageShape`. */
  image(epoch: number, row: number): Uint8Array {
    const { images, shape } = this.#dataset;
    const [, h, w, c] = shape;
    const bytes = images.subarray(row * h * w * c, (row + 1) * h * w * c);
    const { images: steps = [] } = this.#augment;
    return steps.reduce((image, step, i) => {
      const out = step.apply(image, this.#sizes[i]!, this.#rng.fork("image", epoch, row, i));
      return checkLength(step, out, this.#sizes[i + 1]!);
    }, bytes);
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
