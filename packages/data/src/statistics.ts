import { DomainError } from "@sd/math";
import type { ImageDataset } from "./dataset.ts";

/** Mean and standard deviation of each channel, of pixels scaled to [0, 1]. */
export interface ChannelStatistics {
  /** `[c]`. */
  readonly mean: number[];
  /** `[c]`, with divisor n·h·w. */
  readonly std: number[];
}

/**
 * The mean and standard deviation of each channel over all pixels, scaled to [0, 1].
 *
 * Computed from the counts of the 256 levels, hence exact up to the last roundings.
 *
 * @param dataset - At least one image.
 * @throws {@link DomainError} on an empty data set.
 */
export function channelStatistics(dataset: ImageDataset): ChannelStatistics {
  const { images, shape } = dataset;
  const c = shape[3];
  const pixels = images.length / c;
  if (images.length === 0)
    throw new DomainError("channelStatistics", "dataset", "to hold an image");
  const counts = Array.from({ length: c }, () => new Float64Array(256));
  for (let i = 0; i < images.length; i++) counts[i % c]![images[i]!]!++;
  const moment = (count: Float64Array, f: (level: number) => number): number =>
    count.reduce((sum, times, level) => sum + times * f(level / 255), 0) / pixels;
  const mean = counts.map((count) => moment(count, (x) => x));
  const std = counts.map((count, i) => Math.sqrt(moment(count, (x) => (x - mean[i]!) ** 2)));
  return { mean, std };
}
