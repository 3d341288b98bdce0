import { type ImageAugmentation, type ImageDataset, Loader } from "@sd/data";
import type { Predictions } from "@sd/runs";
import type { Session } from "./session.ts";

/**
 * The student's logits on a whole data set, in its order, after `evaluate`; the last batch is padded so that every batch has one
 * shape.
 */
export async function predictDataset(
  session: Session,
  dataset: ImageDataset,
  batchSize: number,
  evaluate: readonly ImageAugmentation[] = [],
): Promise<Predictions> {
  const [n] = dataset.shape;
  const k = dataset.classes;
  const logits = new Float32Array(n * k);
  let row = 0;
  const loader = new Loader(dataset, {
    ...{ batchSize, pad: true },
    // Nothing is drawn, so the seed says nothing.
    ...{ augment: { images: evaluate }, seed: 0 },
  });
  for (const { images, size } of loader.epoch(0)) {
    const rows = await session.predict(images);
    logits.set(rows.subarray(0, size * k), row * k);
    row += size;
  }
  return { logits, labels: dataset.labels, shape: [n, k] };
}
