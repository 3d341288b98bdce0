import type { ImageSize } from "./augment/augmentation.ts";
import type { Batch } from "./batch.ts";
import type { ImageDataset } from "./dataset.ts";
import type { PlannedBatch } from "./epoch-plan.ts";
import { labelRows, mixedLabelRows } from "./label-rows.ts";
import type { ReadRows } from "./row-reader.ts";

/** The batch that rows make once their pixels are read. */
export function batchOf(
  dataset: ImageDataset,
  imageShape: ImageSize,
  { indices, size }: PlannedBatch,
  { images, mixture }: ReadRows,
): Batch {
  const soft = mixture
    ? mixedLabelRows(dataset, indices, mixture)
    : dataset.labelTargets && labelRows(dataset, indices);
  return {
    images,
    labels: Int32Array.from(indices, (index) => dataset.labels[index]!),
    ...(soft ? { labelTargets: soft } : {}),
    indices,
    size,
    shape: [indices.length, ...imageShape],
  };
}
