// The IDX format: 0, 0, element type, number of axes, the axes as big-endian u32, the elements.
import { DataError } from "./error.ts";
import { readBytes } from "./read-bytes.ts";

/** The arrays that IDX elements are read into. */
export type IdxData =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A row-major array. */
export interface IdxArray {
  readonly shape: number[];
  readonly data: IdxData;
}

type IdxConstructor =
  | Uint8ArrayConstructor
  | Int8ArrayConstructor
  | Int16ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

const TYPES: ReadonlyMap<number, IdxConstructor> = new Map<number, IdxConstructor>([
  [0x08, Uint8Array],
  [0x09, Int8Array],
  [0x0b, Int16Array],
  [0x0c, Int32Array],
  [0x0d, Float32Array],
  [0x0e, Float64Array],
]);

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

/** Copies the elements, so that they lie aligned, and turns them to this machine's byte order. */
function elements(bytes: Buffer, size: number): ArrayBuffer {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  bytes.copy(copy);
  if (size === 2) copy.swap16();
  if (size === 4) copy.swap32();
  if (size === 8) copy.swap64();
  return copy.buffer as ArrayBuffer;
}

function decodeIdx(bytes: Buffer, file: string): IdxArray {
  const fail = (offset: number, problem: string): never => {
    throw new DataError(file, offset, problem);
  };
  if (bytes.length < 4) fail(bytes.length, `expected a header of 4 bytes, got ${bytes.length}`);
  const magic = bytes.readUInt16BE(0);
  if (magic !== 0) fail(0, `expected two zero bytes, got ${hex(bytes[0]!)} ${hex(bytes[1]!)}`);
  const ArrayType = TYPES.get(bytes[2]!);
  if (!ArrayType) {
    return fail(
      2,
      `expected an element type among ${[...TYPES.keys()].map(hex)}, got ${hex(bytes[2]!)}`,
    );
  }
  const axes = bytes[3]!;
  const start = 4 + 4 * axes;
  if (bytes.length < start)
    fail(bytes.length, `expected ${start} bytes of header for ${axes} axes`);
  const shape = Array.from({ length: axes }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const expected = start + shape.reduce((a, b) => a * b, ArrayType.BYTES_PER_ELEMENT);
  if (bytes.length !== expected) {
    const fault = bytes.length < expected ? "truncated" : "trailing bytes";
    fail(
      Math.min(bytes.length, expected),
      `${fault}: expected ${expected} bytes for shape [${shape.join(", ")}], got ${bytes.length}`,
    );
  }
  const data = new ArrayType(elements(bytes.subarray(start), ArrayType.BYTES_PER_ELEMENT));
  return { shape, data };
}

/**
 * Reads an IDX file, the format of MNIST and its relatives; gzip is recognised by its first bytes.
 *
 * @param path - The file; any of the six element types, any number of axes.
 * @returns The axes and the elements, row-major, in this machine's byte order.
 * @throws {@link DataError} with the byte offset: wrong magic, unknown type, truncated, trailing bytes.
 */
export async function readIdx(path: string): Promise<IdxArray> {
  return decodeIdx(await readBytes(path), path);
}
