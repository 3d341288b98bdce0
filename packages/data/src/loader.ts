import { checkNumber, DomainError } from "@sd/math";
import { createRng, permutation } from "@sd/math/random";
import type { Augment, ImageSize } from "./augment/augmentation.ts";
import { Augmenter } from "./augment/augmenter.ts";
import type { Batch, Pixels, PixelsOf } from "./batch.ts";
import type { ImageDataset } from "./dataset.ts";
import { labelRows, mixedLabelRows } from "./label-rows.ts";
import { RowReader } from "./row-reader.ts";
import type { ChannelStatistics } from "./statistics.ts";

/** Options of a {@link Loader}. */
export interface LoaderOptions {
  /** Rows a batch, at least 1. */
  readonly batchSize: number;
  /** Draw a new order in every epoch. @defaultValue false */
  readonly shuffle?: boolean;
  /** What orders and augmentations depend on, beside the epoch; required by `shuffle` and `augment`. */
  readonly seed?: number;
  /** Leave out a last batch that is not full: training. @defaultValue false */
  readonly dropLast?: boolean;
  /** Fill a last batch by repeating its rows, `size` tells how many count: prediction. @defaultValue false */
  readonly pad?: boolean;
  /** Subtracted and divided by, per channel, after scaling to [0, 1]. @defaultValue none: raw values 0…255 */
  readonly normalise?: ChannelStatistics;
  /** How images are changed on their way: training. @defaultValue not at all */
  readonly augment?: Augment | undefined;
}

/**
 * Batches of a data set, epoch by epoch.
 *
 * The order of an epoch depends on (seed, epoch) alone, so that a resumed run sees what the
 * uninterrupted one would have seen. An augmented image depends on (seed, epoch, row), and on nothing
 * else in its batch.
 *
 * @example
 * ```ts
 * import { Loader } from "@sd/data";
 *
 * const dataset = {
 *   name: "toy",
 *   images: Uint8Array.of(0, 255, 51),
 *   labels: Int32Array.of(0, 1, 0),
 *   shape: [3, 1, 1, 1],
 *   classes: 2,
 *   checksum: "",
 * } as const;
 * const batches = [...new Loader(dataset, { batchSize: 2, pad: true }).epoch(0)];
 * console.log(batches[0]!.indices, batches[0]!.size); // Int32Array(2) [ 0, 1 ] 2
 * console.log(batches[1]!.indices, batches[1]!.size); // Int32Array(2) [ 2, 2 ] 1
 * ```
 */
export class Loader<Options extends LoaderOptions = LoaderOptions> {
  readonly batchesPerEpoch: number;
  /** The axes of one image of a batch; augmentations may give them another size than the data set's. */
  readonly imageShape: ImageSize;
  readonly #dataset: ImageDataset;
  readonly #options: LoaderOptions;
  readonly #reader: RowReader;

  /**
   * @param dataset - Kept by reference.
   * @throws {@link DomainError} on a batch size below 1, `shuffle` or `augment` without `seed`, or `pad` with `dropLast`.
   */
  constructor(dataset: ImageDataset, options: Options) {
    checkNumber("Loader", "batchSize", options.batchSize, { min: 1, integer: true });
    const { augment, seed } = options;
    if ((options.shuffle || augment) && seed === undefined) {
      throw new DomainError("Loader", "seed", "to be given where `shuffle` or `augment` is set");
    }
    if (options.pad && options.dropLast) {
      throw new DomainError("Loader", "pad", "not to be set together with `dropLast`");
    }
    this.#dataset = dataset;
    this.#options = options;
    const augmenter = augment && new Augmenter(dataset, augment, seed!);
    this.#reader = new RowReader(dataset, augmenter, options.normalise);
    this.imageShape = this.#reader.imageShape;
    const batches = dataset.shape[0] / options.batchSize;
    this.batchesPerEpoch = options.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The rows of the data set in the order of `epoch`, `[n]`. */
  order(epoch: number): Int32Array {
    checkNumber("Loader.order", "epoch", epoch, { min: 0, integer: true });
    const n = this.#dataset.shape[0];
    return this.#options.shuffle
      ? permutation(createRng(this.#options.seed!).fork("order", epoch), n)
      : Int32Array.from({ length: n }, (_, i) => i);
  }

  /** The batches of `epoch`, each in arrays of its own. */
  *epoch(epoch: number): Generator<Batch<PixelsOf<Options>>, void, undefined> {
    const order = this.order(epoch);
    const { batchSize, pad = false } = this.#options;
    for (let b = 0; b < this.batchesPerEpoch; b++) {
      const rows = order.slice(b * batchSize, (b + 1) * batchSize);
      const padded = Int32Array.from({ length: batchSize }, (_, i) => rows[i % rows.length]!);
      yield this.#gather(epoch, pad ? padded : rows, rows.length);
    }
  }

  #gather(epoch: number, indices: Int32Array, size: number): Batch<PixelsOf<Options>> {
    const dataset = this.#dataset;
    const images: Pixels = this.#reader.room(indices.length);
    const mixture = this.#reader.read(images, epoch, indices);
    const soft = mixture
      ? mixedLabelRows(dataset, indices, mixture)
      : dataset.labelTargets && labelRows(dataset, indices);
    return {
      // `normalise` alone makes the reader's rows floats whatever else is asked for.
      images: images as PixelsOf<Options>,
      labels: Int32Array.from(indices, (index) => dataset.labels[index]!),
      ...(soft ? { labelTargets: soft } : {}),
      indices,
      size,
      shape: [indices.length, ...this.imageShape],
    };
  }
}
