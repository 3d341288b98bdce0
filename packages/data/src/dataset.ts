import { createHash } from "node:crypto";
import { DomainError, type IntegerArray } from "@sd/math";
import { DataError } from "./error.ts";
import { readIdx } from "./idx.ts";
import { labelRows } from "./label-rows.ts";
import { withLabelTargets } from "./soft-labels.ts";

/** Labelled images of one size, in memory. */
export interface ImageDataset {
  readonly name: string;
  /** `[n, h, w, c]`, row-major, 0…255. */
  readonly images: Uint8Array;
  /** `[n]`, in 0…classes−1. */
  readonly labels: Int32Array;
  /** `[n, classes]`, rows on the simplex, where the labels are soft: people's votes. */
  readonly labelTargets?: Float32Array;
  readonly shape: readonly [n: number, h: number, w: number, c: number];
  readonly classes: number;
  readonly classNames?: readonly string[];
  /** `[n]`, the file that each row was read from, where each has one. */
  readonly files?: readonly string[];
  /** SHA-256 over shape, pixels and labels (image files: over their names and bytes), in hexadecimal. */
  readonly checksum: string;
}

/** What {@link readIdxDataset} reads. */
export interface IdxDatasetOptions {
  readonly name: string;
  /** An IDX file of bytes, `[n, h, w]` or `[n, h, w, c]`. */
  readonly images: string;
  /** An IDX file of integers, `[n]`. */
  readonly labels: string;
  /** @defaultValue the largest label plus one */
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

const bytesOf = (array: Int32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** SHA-256 over shape, pixels and labels. */
export function checksumOf(
  images: Uint8Array,
  labels: Int32Array,
  shape: readonly number[],
): string {
  return createHash("sha256")
    .update(JSON.stringify(shape))
    .update(images)
    .update(bytesOf(labels))
    .digest("hex");
}

async function readImages(
  path: string,
): Promise<{ images: Uint8Array; shape: ImageDataset["shape"] }> {
  const { data, shape } = await readIdx(path);
  const [n, h, w, c = 1] = shape;
  if (!(data instanceof Uint8Array) || (shape.length !== 3 && shape.length !== 4)) {
    throw new DataError(
      path,
      2,
      `expected bytes of 3 or 4 axes, got ${data.constructor.name} [${shape}]`,
    );
  }
  return { images: data, shape: [n!, h!, w!, c] };
}

async function readLabels(
  path: string,
  n: number,
  classes: number | undefined,
): Promise<Int32Array> {
  const { data, shape } = await readIdx(path);
  const start = 4 + 4 * shape.length;
  if (data instanceof Float32Array || data instanceof Float64Array || shape.length !== 1) {
    throw new DataError(
      path,
      2,
      `expected integers of 1 axis, got ${data.constructor.name} [${shape}]`,
    );
  }
  if (data.length !== n) {
    throw new DataError(path, 4, `expected ${n} labels, as many as images, got ${data.length}`);
  }
  const bad = data.findIndex((label) => label < 0 || label >= (classes ?? Infinity));
  if (bad >= 0) {
    const offset = start + bad * data.BYTES_PER_ELEMENT;
    throw new DataError(
      path,
      offset,
      `expected a label in 0…${(classes ?? Infinity) - 1}, got ${data[bad]}`,
    );
  }
  return Int32Array.from(data);
}

/**
 * Reads labelled images from two IDX files.
 *
 * @param options - Name and files; `classes` where a file may lack the last class.
 * @throws {@link DataError} if a file is broken, the counts differ or a label is out of range.
 */
export async function readIdxDataset(options: IdxDatasetOptions): Promise<ImageDataset> {
  const { images, shape } = await readImages(options.images);
  const labels = await readLabels(options.labels, shape[0], options.classes);
  return labelled(options, { images, shape, labels });
}

/** What names a data set that is read from a file of images and one of labels. */
type Naming = Pick<IdxDatasetOptions, "name" | "classes" | "classNames">;

/** The data set of images and their labels; without `classes` the largest label is the last class. */
export function labelled(
  { name, classes, classNames }: Naming,
  { images, shape, labels }: Pick<ImageDataset, "images" | "shape" | "labels">,
): ImageDataset {
  return {
    name,
    images,
    labels,
    shape,
    classes: classes ?? labels.reduce((a, b) => Math.max(a, b), -1) + 1,
    ...(classNames ? { classNames } : {}),
    checksum: checksumOf(images, labels, shape),
  };
}

/**
 * The rows of a data set at `indices`, in their order; a row may be taken more than once.
 *
 * @param dataset - Not changed; pixels and labels are copied.
 * @param indices - `[m]`, each in 0…n−1.
 * @returns A data set of m rows with a checksum of its own.
 * @throws {@link DomainError} on an index outside the data set.
 */
export function subset(dataset: ImageDataset, indices: IntegerArray): ImageDataset {
  const [n, h, w, c] = dataset.shape;
  const size = h * w * c;
  const images = new Uint8Array(indices.length * size);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, row) => {
    if (index < 0 || index >= n) {
      throw new DomainError(
        "subset",
        "indices",
        `to lie in 0…${n - 1}, got ${index} at index ${row}`,
      );
    }
    images.set(dataset.images.subarray(index * size, (index + 1) * size), row * size);
    labels[row] = dataset.labels[index]!;
  });
  const shape = [indices.length, h, w, c] as const;
  const { name, classes, classNames, files, labelTargets } = dataset;
  const rows = {
    name,
    images,
    labels,
    shape,
    classes,
    ...(classNames ? { classNames } : {}),
    ...(files ? { files: Array.from(indices, (index) => files[index]!) } : {}),
    checksum: checksumOf(images, labels, shape),
  };
  return labelTargets ? withLabelTargets(rows, labelRows(dataset, Int32Array.from(indices))) : rows;
}
