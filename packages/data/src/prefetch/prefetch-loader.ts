import { availableParallelism } from "node:os";
import { checkNumber } from "@sd/math";
import type { ImageSize } from "../augment/augmentation.ts";
import { hasRecipe, recipeOf } from "../augment/recipe.ts";
import type { Batch, BatchSource, PixelsOf } from "../batch.ts";
import { batchOf } from "../batch-of.ts";
import type { ImageDataset } from "../dataset.ts";
import { EpochPlan, type PlannedBatch } from "../epoch-plan.ts";
import { Loader } from "../loader.ts";
import type { LoaderOptions } from "../loader-options.ts";
import type { ReadRows } from "../row-reader.ts";
import { withSharedImages } from "../shared-images.ts";
import type { WorkerSetup } from "./messages.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Options of a {@link PrefetchLoader}. */
export interface PrefetchOptions extends LoaderOptions {
  /** Threads that make batches; with 0 the caller's makes them. @defaultValue one less than processors, at least 1 */
  readonly workers?: number;
  /** Batches that are made ahead of the one in use, at least 1. @defaultValue two a worker */
  readonly ahead?: number;
  /**
   * The module that exports the value of `augment` as `augment`, for augmentations of one's own: workers import it.
   * @defaultValue none: with such augmentations the caller's thread makes the batches
   */
  readonly augmentModule?: URL | string;
}

/** A batch that a worker makes. */
interface Coming {
  readonly planned: PlannedBatch;
  readonly rows: Promise<ReadRows>;
}

/**
 * A {@link Loader} whose batches are made ahead in worker threads: the same batches, bit for bit, whatever the number of
 * workers.
 *
 * The pixels of the data set lie in shared memory, copied once if they do not ({@link withSharedImages}); those of a batch are
 * handed over. Workers begin with the first batch and are kept from epoch to epoch. They end with {@link PrefetchLoader.close},
 * and where an epoch is left early; they keep no process from ending.
 *
 * @example
 * ```ts
 * import { horizontalFlip, PrefetchLoader } from "@sd/data";
 *
 * const dataset = {
 *   name: "toy",
 *   images: Uint8Array.of(0, 255, 51, 102),
 *   labels: Int32Array.of(0, 1),
 *   shape: [2, 1, 2, 1],
 *   classes: 2,
 *   checksum: "",
 * } as const;
 * const augment = { images: [horizontalFlip({ probability: 1 })] };
 * const loader = new PrefetchLoader(dataset, { batchSize: 2, seed: 1, augment, workers: 1 });
 * for await (const batch of loader.epoch(0)) console.log(batch.images); // Uint8Array(4) [ 255, 0, 102, 51 ]
 * await loader.close();
 * ```
 */
export class PrefetchLoader<Options extends PrefetchOptions = PrefetchOptions>
  implements BatchSource<PixelsOf<Options>>
{
  readonly batchesPerEpoch: number;
  /** The axes of one image of a batch. */
  readonly imageShape: ImageSize;
  /** Threads that make batches: 0 where augmentations of one's own have no module. */
  readonly workers: number;
  readonly #loader: Loader<Options>;
  readonly #plan: EpochPlan;
  readonly #dataset: ImageDataset;
  readonly #setup: WorkerSetup;
  readonly #ahead: number;
  #pool: WorkerPool | undefined;
  #epochs = 0;

  /**
   * @param dataset - Its pixels are copied unless they are in shared memory; the rest is kept by reference.
   * @throws {@link DomainError} as {@link Loader}, and where `workers` or `ahead` is no such number.
   */
  constructor(dataset: ImageDataset, options: Options) {
    const { augment, augmentModule, normalise, seed } = options;
    const { workers = Math.max(1, availableParallelism() - 1) } = options;
    const { ahead = Math.max(1, 2 * workers) } = options;
    checkNumber("PrefetchLoader", "workers", workers, { min: 0, integer: true });
    checkNumber("PrefetchLoader", "ahead", ahead, { min: 1, integer: true });
    const portable = augment === undefined || augmentModule !== undefined || hasRecipe(augment);
    this.workers = portable ? workers : 0;
    this.#dataset = this.workers > 0 ? withSharedImages(dataset) : dataset;
    this.#loader = new Loader(this.#dataset, options);
    this.#plan = new EpochPlan(dataset.shape[0], options);
    this.#ahead = ahead;
    this.#setup = {
      images: this.#dataset.images,
      shape: dataset.shape,
      normalise,
      seed,
      augment: augment && recipeOf(augment),
      module: augmentModule === undefined ? undefined : String(augmentModule),
    };
    this.batchesPerEpoch = this.#loader.batchesPerEpoch;
    this.imageShape = this.#loader.imageShape;
  }

  /** The rows of the data set in the order of `epoch`, `[n]`. */
  order(epoch: number): Int32Array {
    return this.#loader.order(epoch);
  }

  /**
   * The batches of `epoch`, each in arrays of its own, in order.
   *
   * @throws {@link PrefetchError} where a worker fails, with its error as `cause`.
   */
  async *epoch(epoch: number): AsyncGenerator<Batch<PixelsOf<Options>>, void, undefined> {
    if (this.workers === 0) {
      yield* this.#loader.epoch(epoch);
      return;
    }
    const plan = this.#plan.batches(epoch);
    const pool = this.#runningPool();
    const coming: Coming[] = [];
    let finished = false;
    this.#epochs++;
    try {
      for (;;) {
        this.#readAhead(pool, epoch, plan, coming);
        const next = coming.shift();
        if (next === undefined) break;
        const rows = await pool.wait(next.rows);
        yield batchOf(this.#dataset, this.imageShape, next.planned, rows) as Batch<
          PixelsOf<Options>
        >;
      }
      finished = true;
    } finally {
      this.#epochs--;
      if (!finished && this.#epochs === 0) await this.close();
    }
  }

  /** Ends the workers; an epoch that is begun afterwards has new ones. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.close();
  }

  #runningPool(): WorkerPool {
    if (this.#pool === undefined || this.#pool.ended) {
      this.#pool = new WorkerPool(this.workers, this.#setup);
    }
    return this.#pool;
  }

  /** Has so many batches made that one can be taken and `ahead` remain. */
  #readAhead(
    pool: WorkerPool,
    epoch: number,
    plan: Generator<PlannedBatch>,
    coming: Coming[],
  ): void {
    while (coming.length <= this.#ahead) {
      const { done, value } = plan.next();
      if (done) break;
      const rows = pool.read(epoch, value.indices);
      // It is heard when its turn comes.
      rows.catch(() => {});
      coming.push({ planned: value, rows });
    }
  }
}
