import type { ImageDataset } from "./dataset.ts";
import type { Mixture } from "./row-reader.ts";

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

/** The labels of mixed rows, `λ y_own + (1 − λ) y_other`, `[m, classes]`. */
export function mixedLabelRows(
  dataset: ImageDataset,
  indices: Int32Array,
  { partners, shares }: Mixture,
): Float32Array {
  const { classes } = dataset;
  const own = labelRows(dataset, indices);
  const others = labelRows(dataset, partners);
  shares.forEach((share, i) => {
    for (let j = i * classes; j < (i + 1) * classes; j++) {
      own[j] = share * own[j]! + (1 - share) * others[j]!;
    }
  });
  return own;
}
