// CIFAR's binary files: records of one label byte (CIFAR-10) or two (CIFAR-100: coarse, fine) and 32 × 32 pixels, all of red, then
// green, then blue.
import { DomainError } from "@sd/math";
import { checksumOf, type ImageDataset } from "./dataset.ts";
import { DataError } from "./error.ts";
import { readBytes } from "./read-bytes.ts";

/** What {@link readCifar} reads. */
export interface CifarOptions {
  readonly name: string;
  /** Binary files, read one after the other; gzip is recognised. */
  readonly files: readonly string[];
  /** Which layout, and which of CIFAR-100's two labels. */
  readonly labels: "cifar10" | "cifar100-fine" | "cifar100-coarse";
  readonly classNames?: readonly string[];
}

const SIDE = 32;
const PLANE = SIDE * SIDE;
const PIXELS = 3 * PLANE;

/** How many label bytes a record has, which of them is the label, and how many classes it tells apart. */
const LAYOUTS = {
  cifar10: { labelBytes: 1, label: 0, classes: 10 },
  "cifar100-coarse": { labelBytes: 2, label: 0, classes: 20 },
  "cifar100-fine": { labelBytes: 2, label: 1, classes: 100 },
} as const;

type Layout = (typeof LAYOUTS)[keyof typeof LAYOUTS];

/** Fails unless the file holds whole records with labels in range, and says at which byte it does not. */
function checkRecords(bytes: Buffer, file: string, { labelBytes, label, classes }: Layout): void {
  const record = labelBytes + PIXELS;
  const rest = bytes.length % record;
  if (rest !== 0 || bytes.length === 0) {
    const problem = `expected whole records of ${record} bytes, at least one, got ${rest} bytes after the last`;
    throw new DataError(file, bytes.length - rest, problem);
  }
  for (let at = label; at < bytes.length; at += record) {
    if (bytes[at]! < classes) continue;
    throw new DataError(file, at, `expected a label in 0…${classes - 1}, got ${bytes[at]}`);
  }
}

/** Writes one record's planes as pixels, channels last. */
function interleave(out: Uint8Array, at: number, planes: Uint8Array): void {
  for (let i = 0; i < PLANE; i++) {
    out[at + 3 * i] = planes[i]!;
    out[at + 3 * i + 1] = planes[PLANE + i]!;
    out[at + 3 * i + 2] = planes[2 * PLANE + i]!;
  }
}

/**
 * Reads CIFAR-10 or CIFAR-100 from its binary files.
 *
 * @param options - The files, in the order in which their records are wanted, and the layout.
 * @returns Images `[n, 32, 32, 3]` in the order of the files.
 * @throws {@link DataError} if a file holds a broken record or a label out of range, with the byte; {@link DomainError} without a file.
 *
 * Reference: Krizhevsky, *Learning multiple layers of features from tiny images*, 2009.
 */
export async function readCifar(options: CifarOptions): Promise<ImageDataset> {
  const { name, files, classNames } = options;
  if (files.length === 0) {
    throw new DomainError("readCifar", "files", "to name at least one file, got none");
  }
  const layout = LAYOUTS[options.labels];
  const record = layout.labelBytes + PIXELS;
  const parts = await Promise.all(
    files.map(async (file) => {
      const bytes = await readBytes(file);
      checkRecords(bytes, file, layout);
      return bytes;
    }),
  );
  const n = parts.reduce((sum, { length }) => sum + length / record, 0);
  const images = new Uint8Array(n * PIXELS);
  const labels = new Int32Array(n);
  let row = 0;
  for (const bytes of parts) {
    for (let at = 0; at < bytes.length; at += record, row++) {
      labels[row] = bytes[at + layout.label]!;
      const planes = bytes.subarray(at + layout.labelBytes, at + record);
      interleave(images, row * PIXELS, planes);
    }
  }
  const shape = [n, SIDE, SIDE, 3] as const;
  return {
    name,
    images,
    labels,
    shape,
    classes: layout.classes,
    ...(classNames ? { classNames } : {}),
    checksum: checksumOf(images, labels, shape),
  };
}
