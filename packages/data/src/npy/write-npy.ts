import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { ShapeError, TypeMismatchError } from "@sd/math";
import { DESCRIPTIONS, type NpyData } from "./element-types.ts";
import { formatHeader } from "./header.ts";

/** The elements begin at a multiple of this, so that they can be mapped into memory. */
const ALIGNMENT = 64;

function encodeNpy(data: NpyData, shape: readonly number[]): Buffer {
  const descr = DESCRIPTIONS.get(data?.constructor?.name);
  if (descr === undefined) {
    throw new TypeMismatchError("writeNpy", "data", "to be an array of integers or floats");
  }
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== data.length || shape.some((axis) => !Number.isSafeInteger(axis) || axis < 0)) {
    const detail = `to have as many elements as shape [${shape.join(", ")}], got ${data.length}`;
    throw new ShapeError("writeNpy", "data", detail);
  }
  const text = formatHeader({ descr, shape });
  // Version 2 has four bytes for the length; a header that needs them has thousands of axes.
  const start = text.length < 60_000 ? 10 : 12;
  const length = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT - start;
  const header = Buffer.alloc(start + length, " ");
  header.write("\x93NUMPY", "latin1");
  header[6] = start === 10 ? 1 : 2;
  header[7] = 0;
  if (start === 10) header.writeUInt16LE(length, 8);
  else header.writeUInt32LE(length, 8);
  header.write(`${text.padEnd(length - 1)}\n`, start, "latin1");
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/**
 * Writes an array as a `.npy` file that `numpy.load` reads. The file is whole or absent, also after a crash.
 *
 * @param path - Replaced where it exists.
 * @param data - Row-major.
 * @param shape - The axes, whose product is the number of elements; `[]` is a scalar.
 * @throws {@link ShapeError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { readNpy, writeNpy } from "@sd/data";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "npy-")), "x.npy");
 * await writeNpy(path, Float32Array.of(1, 2, 3, 4), [2, 2]);
 * console.log(await readNpy(path)); // { shape: [ 2, 2 ], data: Float32Array(4) [ 1, 2, 3, 4 ] }
 * ```
 */
export async function writeNpy(
  path: string,
  data: NpyData,
  shape: readonly number[],
): Promise<void> {
  const bytes = encodeNpy(data, shape);
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(unfinished, bytes, { flush: true });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
