import { checkNumber, DomainError } from "@sd/math";
import { createRng, permutation } from "@sd/math/random";
import type { LoaderOptions } from "./loader-options.ts";

/** The rows of one batch; with `pad` more of them than count. */
export interface PlannedBatch {
  readonly indices: Int32Array;
  readonly size: number;
}

/** Which rows come in which batch: it depends on (seed, epoch) alone. */
export class EpochPlan {
  readonly batchesPerEpoch: number;
  readonly #n: number;
  readonly #options: LoaderOptions;

  /** @throws {@link DomainError} on a batch size below 1, `shuffle` or `augment` without `seed`, or `pad` with `dropLast`. */
  constructor(n: number, options: LoaderOptions) {
    checkNumber("Loader", "batchSize", options.batchSize, { min: 1, integer: true });
    if ((options.shuffle || options.augment) && options.seed === undefined) {
      throw new DomainError("Loader", "seed", "to be given where `shuffle` or `augment` is set");
    }
    if (options.pad && options.dropLast) {
      throw new DomainError("Loader", "pad", "not to be set together with `dropLast`");
    }
    this.#n = n;
    this.#options = options;
    const batches = n / options.batchSize;
    this.batchesPerEpoch = options.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The rows of the data set in the order of `epoch`, `[n]`. */
  order(epoch: number): Int32Array {
    checkNumber("Loader.order", "epoch", epoch, { min: 0, integer: true });
    return this.#options.shuffle
      ? permutation(createRng(this.#options.seed!).fork("order", epoch), this.#n)
      : Int32Array.from({ length: this.#n }, (_, i) => i);
  }

  /** The rows of each batch of `epoch`. */
  *batches(epoch: number): Generator<PlannedBatch, void, undefined> {
    const order = this.order(epoch);
    const { batchSize, pad = false } = this.#options;
    for (let b = 0; b < this.batchesPerEpoch; b++) {
      const rows = order.slice(b * batchSize, (b + 1) * batchSize);
      const padded = Int32Array.from({ length: batchSize }, (_, i) => rows[i % rows.length]!);
      yield { indices: pad ? padded : rows, size: rows.length };
    }
  }
}
