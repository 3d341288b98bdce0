import type { ChannelStatistics } from "@sd/data";
import type { Images } from "./session-options.ts";

/**
 * Pixels from 0 to 255 as `(pixel / 255 − mean) / std`, channel by channel: what a session with these
 * statistics makes of them on the engine, to rounding.
 */
export function normaliseImages(
  images: Images,
  { mean, std }: ChannelStatistics,
): Float32Array<ArrayBuffer> {
  const channels = mean.length;
  return Float32Array.from(images, (pixel, i) => {
    const channel = i % channels;
    return (pixel / 255 - mean[channel]!) / std[channel]!;
  });
}
