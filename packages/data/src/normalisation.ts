import { checkNumber, ShapeError } from "@sd/math";
import type { ChannelStatistics } from "./statistics.ts";

/** The float of each byte, per channel: `table[channel · 256 + byte]`; as the option of a `Loader` it is checked. */
export function normalisation(channels: number, { mean, std }: ChannelStatistics): Float32Array {
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
