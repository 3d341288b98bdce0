// What the threads tell each other.
import type { AugmentRecipe } from "../augment/recipe.ts";
import type { ReadRows } from "../row-reader.ts";
import type { ChannelStatistics } from "../statistics.ts";

/** What a worker is begun with. */
export interface WorkerSetup {
  /** In shared memory. */
  readonly images: Uint8Array;
  readonly shape: readonly [n: number, h: number, w: number, c: number];
  readonly normalise: ChannelStatistics | undefined;
  readonly seed: number | undefined;
  readonly augment: AugmentRecipe | undefined;
  /** The module that exports `augment`, where the recipe does not make it. */
  readonly module: string | undefined;
}

/** A batch to be read. */
export interface ReadRequest {
  readonly id: number;
  readonly epoch: number;
  readonly indices: Int32Array;
}

/** What came of it; the pixels are handed over, not copied. */
export type ReadReply =
  | { readonly id: number; readonly rows: ReadRows }
  | { readonly id: number; readonly error: unknown };
