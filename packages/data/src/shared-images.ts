import type { ImageDataset } from "./dataset.ts";

/**
 * The same data set with its pixels in memory that threads share: a {@link PrefetchLoader} takes it without a copy of its own.
 *
 * @param dataset - Not changed; itself where its pixels are shared already.
 */
export function withSharedImages(dataset: ImageDataset): ImageDataset {
  const { images } = dataset;
  if (images.buffer instanceof SharedArrayBuffer) return dataset;
  const shared = new Uint8Array(new SharedArrayBuffer(images.length));
  shared.set(images);
  return { ...dataset, images: shared };
}
