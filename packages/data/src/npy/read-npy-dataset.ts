import { type IdxDatasetOptions, type ImageDataset, labelled } from "../dataset.ts";
import { DataError } from "../error.ts";
import { readNpy } from "./read-npy.ts";

/** What {@link readNpyDataset} reads. */
export interface NpyDatasetOptions extends Omit<IdxDatasetOptions, "images" | "labels"> {
  /** A `.npy` file of bytes, `[n, h, w]` or `[n, h, w, c]`. */
  readonly images: string;
  /** A `.npy` file of integers, `[n]` or `[n, 1]`. */
  readonly labels: string;
}

async function readImages(path: string): Promise<Pick<ImageDataset, "images" | "shape">> {
  const { data, shape } = await readNpy(path);
  const [n, h, w, c = 1] = shape;
  if (!(data instanceof Uint8Array) || (shape.length !== 3 && shape.length !== 4)) {
    const got = `${data.constructor.name} [${shape}]`;
    throw new DataError(path, 10, `expected bytes of 3 or 4 axes, got ${got}`);
  }
  return { images: data, shape: [n!, h!, w!, c] };
}

async function readLabels(path: string, n: number, classes = Infinity): Promise<Int32Array> {
  const { data, shape } = await readNpy(path);
  const isColumn = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (data instanceof Float32Array || data instanceof Float64Array || !isColumn) {
    const got = `${data.constructor.name} [${shape}]`;
    throw new DataError(path, 10, `expected integers of 1 axis, got ${got}`);
  }
  if (data.length !== n) {
    throw new DataError(path, 10, `expected ${n} labels, as many as images, got ${data.length}`);
  }
  const labels = Array.from(data, Number);
  const bad = labels.findIndex((label) => label < 0 || label >= Math.min(classes, 2 ** 31));
  if (bad >= 0) {
    const problem = `expected a label in 0…${classes - 1}, got ${labels[bad]} in row ${bad}`;
    throw new DataError(path, 10, problem);
  }
  return Int32Array.from(labels);
}

/**
 * Reads labelled images from two `.npy` files.
 *
 * @param options - Name and files; `classes` where a file may lack the last class.
 * @throws {@link DataError} if a file is broken, the counts differ or a label is out of range.
 */
export async function readNpyDataset(options: NpyDatasetOptions): Promise<ImageDataset> {
  const { images, shape } = await readImages(options.images);
  const labels = await readLabels(options.labels, shape[0], options.classes);
  return labelled(options, { images, shape, labels });
}
