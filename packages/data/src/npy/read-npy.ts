// NumPy's .npy: "\x93NUMPY", version, length of the header, header, elements.
import { DataError } from "../error.ts";
import { readBytes } from "../read-bytes.ts";
import { ELEMENT_TYPES, type NpyData } from "./element-types.ts";
import { parseHeader } from "./header.ts";

/** A row-major array. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyData;
}

const MAGIC = "\x93NUMPY";

/** The header's text and where it begins and ends. */
function headerOf(bytes: Buffer, file: string): { text: string; start: number; end: number } {
  if (bytes.toString("latin1", 0, 6) !== MAGIC) {
    throw new DataError(file, 0, `expected the magic string \\x93NUMPY`);
  }
  const version = bytes[6];
  if (version === undefined || version < 1 || version > 3) {
    throw new DataError(file, 6, `expected version 1, 2 or 3, got ${version ?? "nothing"}`);
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new DataError(file, bytes.length, "truncated in its header");
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const end = start + length;
  if (bytes.length < end) {
    throw new DataError(file, bytes.length, `truncated: expected a header of ${length} bytes`);
  }
  return { text: bytes.toString(version === 3 ? "utf8" : "latin1", start, end), start, end };
}

/** Copies the elements, so that they lie aligned, and turns them from `order` to this machine's byte order. */
function aligned(elements: Buffer, size: number, order: string): ArrayBuffer {
  const copy = Buffer.from(new ArrayBuffer(elements.length));
  elements.copy(copy);
  if (order === ">" && size === 2) copy.swap16();
  if (order === ">" && size === 4) copy.swap32();
  if (order === ">" && size === 8) copy.swap64();
  return copy.buffer as ArrayBuffer;
}

/** From the first axis varying fastest to the last axis varying fastest. */
function toRowMajor<T extends NpyData>(data: T, shape: readonly number[]): T {
  const out = data.slice() as T;
  const index = new Array<number>(shape.length).fill(0);
  for (let from = 0; from < data.length; from++) {
    const to = shape.reduce((at, axis, i) => at * axis + index[i]!, 0);
    out[to] = data[from]!;
    for (let i = 0; i < shape.length && ++index[i]! === shape[i]; i++) index[i] = 0;
  }
  return out;
}

function decodeNpy(bytes: Buffer, file: string): NpyArray {
  const { text, start, end } = headerOf(bytes, file);
  const { descr, fortranOrder, shape } = parseHeader(text, file, start);
  const order = descr[0]!;
  const type = "<>|=".includes(order) ? ELEMENT_TYPES.get(descr.slice(1)) : undefined;
  // "|" and "=" with several bytes would not say in which order they come.
  if (type === undefined || (type.bytes > 1 && !"<>".includes(order))) {
    const known = [...ELEMENT_TYPES.keys()].join(", ");
    const problem = `expected elements of ${known} in a stated byte order, got ${JSON.stringify(descr)}`;
    throw new DataError(file, start, problem);
  }
  const expected = end + shape.reduce((a, b) => a * b, type.bytes);
  if (bytes.length !== expected) {
    const fault = bytes.length < expected ? "truncated" : "trailing bytes";
    const sizes = `expected ${expected} bytes for shape [${shape.join(", ")}], got ${bytes.length}`;
    throw new DataError(file, Math.min(bytes.length, expected), `${fault}: ${sizes}`);
  }
  const data = type.read(aligned(bytes.subarray(end), type.bytes, order));
  return { shape, data: fortranOrder ? toRowMajor(data, shape) : data };
}

/**
 * Reads a NumPy array from a `.npy` file of version 1, 2 or 3; gzip is recognised by its first bytes.
 *
 * Elements may be booleans (read as 0 and 1), integers and floats of any width and byte order. `f2` is read as float32, `i8`
 * and `u8` as BigInts. Column-major arrays are brought into row-major order. Nothing of the file is evaluated: objects
 * (pickles) are refused.
 *
 * @param path - The file.
 * @returns The axes (none for a scalar) and the elements, row-major, in this machine's byte order.
 * @throws {@link DataError} with the byte offset: wrong magic, header that is none, other types, truncated, trailing bytes.
 *
 * Reference: NumPy enhancement proposal 1, *A simple file format for NumPy arrays*.
 */
export async function readNpy(path: string): Promise<NpyArray> {
  return decodeNpy(await readBytes(path), path);
}
