// From rows of a data set to the pixels of a batch: bytes → augmentation → floats, if any → mixture.
import type { ImageSize, Mixing } from "./augment/augmentation.ts";
import type { Augmenter } from "./augment/augmenter.ts";
import type { Pixels } from "./batch.ts";
import type { ImageDataset } from "./dataset.ts";
import { normalisation } from "./normalisation.ts";
import type { ChannelStatistics } from "./statistics.ts";

/** Which rows were mixed into those of a batch, and the share λ that each kept. */
export interface Mixture {
  readonly partners: Int32Array;
  readonly shares: Float64Array;
}

/** The pixels of rows, and how they were mixed, if they were. */
export interface ReadRows {
  /** `[m, h, w, c]`. */
  readonly images: Pixels;
  readonly mixture?: Mixture;
}

/** Reads rows as they are trained on; a row's pixels depend on the epoch and the row alone. */
export class RowReader {
  /** The axes of an image as it is read. */
  readonly imageShape: ImageSize;
  readonly #dataset: Pick<ImageDataset, "images" | "shape">;
  readonly #augmenter: Augmenter | undefined;
  readonly #table: Float32Array | undefined;
  /** Whether rows are read as raw bytes; else as floats. */
  readonly #bytes: boolean;

  constructor(
    dataset: Pick<ImageDataset, "images" | "shape">,
    augmenter: Augmenter | undefined,
    normalise: ChannelStatistics | undefined,
  ) {
    this.#dataset = dataset;
    this.#augmenter = augmenter;
    const [, h, w, c] = dataset.shape;
    this.imageShape = augmenter?.imageShape ?? [h, w, c];
    this.#table = normalise && normalisation(dataset.shape[3], normalise);
    const mix = augmenter?.mix;
    this.#bytes = !normalise && (mix === undefined || mix.keepsBytes === true);
  }

  /** The rows at `indices`, in arrays of their own. */
  read(epoch: number, indices: Int32Array): ReadRows {
    const images = this.#room(indices.length);
    const [h, w, c] = this.imageShape;
    const length = h * w * c;
    indices.forEach((index, i) => {
      this.#row(images.subarray(i * length, (i + 1) * length), epoch, index);
    });
    const mix = this.#augmenter?.mix;
    return mix ? { images, mixture: this.#mix(mix, images, epoch, indices) } : { images };
  }

  /** Room for `m` rows, `[m, h, w, c]`. */
  #room(m: number): Pixels {
    const [h, w, c] = this.imageShape;
    return this.#bytes ? new Uint8Array(m * h * w * c) : new Float32Array(m * h * w * c);
  }

  /** One row before it is mixed. */
  #row(out: Pixels, epoch: number, index: number): void {
    const { images } = this.#dataset;
    const bytes = this.#augmenter
      ? this.#augmenter.image(epoch, index)
      : images.subarray(index * out.length, (index + 1) * out.length);
    const table = this.#table;
    if (table === undefined) {
      out.set(bytes);
      return;
    }
    const c = this.imageShape[2];
    for (let i = 0; i < out.length; i++) out[i] = table[((i % c) << 8) | bytes[i]!]!;
  }

  /** Mixes another row into each row, in place. */
  #mix(mix: Mixing, out: Pixels, epoch: number, indices: Int32Array): Mixture {
    const other = this.#room(1);
    const length = other.length;
    const partners = new Int32Array(indices.length);
    const shares = new Float64Array(indices.length);
    indices.forEach((index, i) => {
      const { row, rng } = this.#augmenter!.partner(epoch, index);
      this.#row(other, epoch, row);
      partners[i] = row;
      shares[i] = mix.mix(out.subarray(i * length, (i + 1) * length), other, this.imageShape, rng);
    });
    return { partners, shares };
  }
}
