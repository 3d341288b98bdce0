import type { ImageDataset } from "./dataset.ts";

/** The labels of rows as `[m, classes]`, soft where the data set's are, else one-hot. */
export function labelRows(
  { labels, labelTargets, classes }: ImageDataset,
  indices: Int32Array,
): Float32Array {
  const out = new Float32Array(indices.length * classes);
  indices.forEach((index, i) => {
    if (labelTargets === undefined) out[i * classes + labels[index]!] = 1;
    else out.set(labelTargets.subarray(index * classes, (index + 1) * classes), i * classes);
  });
  return out;
}
