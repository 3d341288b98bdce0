import type { ImageSize } from "./augment/augmentation.ts";
import { Augmenter } from "./augment/augmenter.ts";
import type { Batch, BatchSource, PixelsOf } from "./batch.ts";
import { batchOf } from "./batch-of.ts";
import type { ImageDataset } from "./dataset.ts";
import { EpochPlan } from "./epoch-plan.ts";
import type { LoaderOptions } from "./loader-options.ts";
import { RowReader } from "./row-reader.ts";

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
export class Loader<Options extends LoaderOptions = LoaderOptions>
  implements BatchSource<PixelsOf<Options>>
{
  readonly batchesPerEpoch: number;
  /** The axes of one image of a batch; augmentations may give them another size than the data set's. */
  readonly imageShape: ImageSize;
  readonly #dataset: ImageDataset;
  readonly #plan: EpochPlan;
  readonly #reader: RowReader;

  /**
   * @param dataset - Kept by reference.
   * @throws {@link DomainError} on a batch size below 1, `shuffle` or `augment` without `seed`, or `pad` with `dropLast`.
   */
  constructor(dataset: ImageDataset, options: Options) {
    this.#dataset = dataset;
    this.#plan = new EpochPlan(dataset.shape[0], options);
    const { augment, seed, normalise } = options;
    const augmenter = augment && new Augmenter(dataset, augment, seed!);
    this.#reader = new RowReader(dataset, augmenter, normalise);
    this.batchesPerEpoch = this.#plan.batchesPerEpoch;
    this.imageShape = this.#reader.imageShape;
  }

  /** The rows of the data set in the order of `epoch`, `[n]`. */
  order(epoch: number): Int32Array {
    return this.#plan.order(epoch);
  }

  /** The batches of `epoch`, each in arrays of its own. */
  *epoch(epoch: number): Generator<Batch<PixelsOf<Options>>, void, undefined> {
    for (const planned of this.#plan.batches(epoch)) {
      const read = this.#reader.read(epoch, planned.indices);
      yield batchOf(this.#dataset, this.imageShape, planned, read) as Batch<PixelsOf<Options>>;
    }
  }
}
