import type { ChannelStatistics } from "./statistics.ts";

/** What images are held in: raw bytes, or floats once something was computed with them. */
export type Pixels = Uint8Array | Float32Array;

/** The pixels that a loader with these options gives: floats where `normalise` is among them. */
export type PixelsOf<Options> = Options extends { readonly normalise: ChannelStatistics }
  ? Float32Array
  : Pixels;

/** Consecutive rows of an epoch's order; m is `shape[0]`. */
export interface Batch<P extends Pixels = Pixels> {
  /**
   * `[m, h, w, c]`. With `normalise`: normalised floats. Without: the raw values 0…255, as bytes, or as floats
   * where images are mixed by something that does not keep bytes (mixup).
   */
  readonly images: P;
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

/** Where batches come from: a {@link Loader} or a {@link PrefetchLoader}; `for await` walks the epochs of both. */
export interface BatchSource<P extends Pixels = Pixels> {
  readonly batchesPerEpoch: number;
  /** The axes of one image of a batch. */
  readonly imageShape: readonly [h: number, w: number, c: number];
  /** The rows of the data set in the order of `epoch`, `[n]`. */
  order(epoch: number): Int32Array;
  /** The batches of `epoch`, each in arrays of its own. */
  epoch(epoch: number): Iterable<Batch<P>> | AsyncIterable<Batch<P>>;
}
