import { checkNumber, DomainError, ShapeError } from "@sd/math";
import { createRng, permutation } from "@sd/math/random";
import type { ImageDataset } from "./dataset.ts";
import type { ChannelStatistics } from "./statistics.ts";

/** Options of a {@link Loader}. */
export interface LoaderOptions {
  /** Rows a batch, at least 1. */
  readonly batchSize: number;
  /** Draw a new order in every epoch. @defaultValue false */
  readonly shuffle?: boolean;
  /** What the orders depend on, beside the epoch; required by `shuffle`. */
  readonly seed?: number;
  /** Leave out a last batch that is not full: training. @defaultValue false */
  readonly dropLast?: boolean;
  /** Fill a last batch by repeating its rows, `size` tells how many count: prediction. @defaultValue false */
  readonly pad?: boolean;
  /** Subtracted and divided by, per channel, after scaling to [0, 1]. @defaultValue none: [0, 1] */
  readonly normalise?: ChannelStatistics;
}

/** Consecutive rows of an epoch's order; m is `shape[0]`. */
export interface Batch {
  /** `[m, h, w, c]`, normalised. */
  readonly images: Float32Array;
  /** `[m]`. */
  readonly labels: Int32Array;
  /** `[m, classes]`, rows on the simplex, where the data set has soft labels. */
  readonly labelTargets?: Float32Array;
  /** `[m]`, rows of the data set. */
  readonly indices: Int32Array;
  /** How many rows count: m, or fewer where the batch was padded. */
  readonly size: number;
  readonly shape: readonly [m: number, h: number, w: number, c: number];
}

/** The float of each byte, per channel: `table[channel · 256 + byte]`. */
function normalisation(channels: number, statistics: ChannelStatistics | undefined): Float32Array {
  const { mean, std } = statistics ?? {
    mean: new Array<number>(channels).fill(0),
    std: new Array<number>(channels).fill(1),
  };
  if (mean.length !== channels || std.length !== channels) {
    const got = `${mean.length} and ${std.length}`;
    throw new ShapeError("Loader", "normalise", `to hold ${channels} channels, got ${got}`);
  }
  for (const value of mean) checkNumber("Loader", "normalise.mean", value);
  for (const value of std)
    checkNumber("Loader", "normalise.std", value, { min: 0, aboveMin: true });
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    const channel = i >> 8;
    return ((i & 255) / 255 - mean[channel]!) / std[channel]!;
  });
}

/** The rows of `[n, width]` at `indices`, copied. */
function rowsAt(data: Float32Array, indices: Int32Array, width: number): Float32Array {
  const out = new Float32Array(indices.length * width);
  indices.forEach((index, i) => {
    out.set(data.subarray(index * width, (index + 1) * width), i * width);
  });
  return out;
}

/**
 * Batches of a data set, epoch by epoch.
 *
 * The order of an epoch depends on (seed, epoch) alone, so that a resumed run sees what the
 * uninterrupted one would have seen.
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

  /**
   * @param dataset - Kept by reference.
   * @throws {@link DomainError} on a batch size below 1, `shuffle` without `seed`, or `pad` with `dropLast`.
   */
  constructor(dataset: ImageDataset, options: LoaderOptions) {
    checkNumber("Loader", "batchSize", options.batchSize, { min: 1, integer: true });
    if (options.shuffle && options.seed === undefined) {
      throw new DomainError("Loader", "seed", "to be given where `shuffle` is set");
    }
    if (options.pad && options.dropLast) {
      throw new DomainError("Loader", "pad", "not to be set together with `dropLast`");
    }
    this.#dataset = dataset;
    this.#options = options;
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
      yield this.#gather(pad ? padded : rows, rows.length);
    }
  }

  #gather(indices: Int32Array, size: number): Batch {
    const { images, labels, labelTargets, classes, shape } = this.#dataset;
    const [, h, w, c] = shape;
    const length = h * w * c;
    const out = new Float32Array(indices.length * length);
    const table = this.#table;
    for (let row = 0; row < indices.length; row++) {
      const from = indices[row]! * length;
      for (let i = 0; i < length; i++) {
        out[row * length + i] = table[((i % c) << 8) | images[from + i]!]!;
      }
    }
    return {
      images: out,
      labels: Int32Array.from(indices, (index) => labels[index]!),
      ...(labelTargets ? { labelTargets: rowsAt(labelTargets, indices, classes) } : {}),
      indices,
      size,
      shape: [indices.length, h, w, c],
    };
  }
}
