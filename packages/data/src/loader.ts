import { checkNumber, DomainError } from "@sd/math";
import { createRng, permutation } from "@sd/math/random";
import type { Augment } from "./augment/augmentation.ts";
import { Augmenter } from "./augment/augmenter.ts";
import type { ImageDataset } from "./dataset.ts";
import { labelRows } from "./label-rows.ts";
import { normalisation } from "./normalisation.ts";
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
  /** Subtracted and divided by, per channel, after scaling to [0, 1]. @defaultValue none: [0, 1] */
  readonly normalise?: ChannelStatistics;
  /** How images are changed on their way: training. @defaultValue not at all */
  readonly augment?: Augment | undefined;
}

/** Consecutive rows of an epoch's order; m is `shape[0]`. */
export interface Batch {
  /** `[m, h, w, c]`, normalised. */
  readonly images: Float32Array;
  /** `[m]`. */
  readonly labels: Int32Array;
  /** `[m, classes]`, rows on the simplex, where the data set has soft labels or images are mixed. */
  readonly labelTargets?: Float32Array;
  /** `[m]`, rows of the data set. */
  readonly indices: Int32Array;
  /** How many rows count: m, or fewer where the batch was padded. */
  readonly size: number;
  readonly shape: readonly [m: number, h: number, w: number, c: number];
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
export class Loader {
  readonly batchesPerEpoch: number;
  readonly #dataset: ImageDataset;
  readonly #options: LoaderOptions;
  readonly #table: Float32Array;
  readonly #augment: Augmenter | undefined;

  /**
   * @param dataset - Kept by reference.
   * @throws {@link DomainError} on a batch size below 1, `shuffle` or `augment` without `seed`, or `pad` with `dropLast`.
   */
  constructor(dataset: ImageDataset, options: LoaderOptions) {
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
    this.#augment = augment && new Augmenter(dataset, augment, seed!);
    this.#table = normalisation(dataset.shape[3], options.normalise);
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
  *epoch(epoch: number): Generator<Batch, void, undefined> {
    const order = this.order(epoch);
    const { batchSize, pad = false } = this.#options;
    for (let b = 0; b < this.batchesPerEpoch; b++) {
      const rows = order.slice(b * batchSize, (b + 1) * batchSize);
      const padded = Int32Array.from({ length: batchSize }, (_, i) => rows[i % rows.length]!);
      yield this.#gather(epoch, pad ? padded : rows, rows.length);
    }
  }

  #gather(epoch: number, indices: Int32Array, size: number): Batch {
    const { labels, labelTargets, shape } = this.#dataset;
    const [, h, w, c] = shape;
    const length = h * w * c;
    const images = new Float32Array(indices.length * length);
    indices.forEach((index, i) => {
      this.#read(epoch, index, images.subarray(i * length, (i + 1) * length));
    });
    const mixed = this.#augment?.mix && this.#mix(epoch, indices, images);
    const soft = mixed ?? (labelTargets && labelRows(this.#dataset, indices));
    return {
      images,
      labels: Int32Array.from(indices, (index) => labels[index]!),
      ...(soft ? { labelTargets: soft } : {}),
      indices,
      size,
      shape: [indices.length, h, w, c],
    };
  }

  /** One row as it is trained on, before it is mixed. */
  #read(epoch: number, index: number, out: Float32Array): void {
    const [, , , c] = this.#dataset.shape;
    const bytes = this.#augment
      ? this.#augment.image(epoch, index)
      : this.#dataset.images.subarray(index * out.length, (index + 1) * out.length);
    const table = this.#table;
    for (let i = 0; i < out.length; i++) out[i] = table[((i % c) << 8) | bytes[i]!]!;
  }

  /** Mixes another row into each row, and returns the labels `[m, classes]`. */
  #mix(epoch: number, indices: Int32Array, images: Float32Array): Float32Array {
    const { classes, shape } = this.#dataset;
    const [, h, w, c] = shape;
    const length = h * w * c;
    const augment = this.#augment!;
    const partners = Array.from(indices, (index) => augment.partner(epoch, index));
    const own = labelRows(this.#dataset, indices);
    const others = labelRows(
      this.#dataset,
      Int32Array.from(partners, ({ row }) => row),
    );
    const other = new Float32Array(length);
    partners.forEach(({ row, rng }, i) => {
      this.#read(epoch, row, other);
      const image = images.subarray(i * length, (i + 1) * length);
      const share = augment.mix!.mix(image, other, [h, w, c], rng);
      for (let j = i * classes; j < (i + 1) * classes; j++) {
        own[j] = share * own[j]! + (1 - share) * others[j]!;
      }
    });
    return own;
  }
}
