import type { Augment } from "./augment/augmentation.ts";
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
