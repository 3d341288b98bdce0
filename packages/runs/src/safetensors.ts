// https://github.com/huggingface/safetensors: u64 header length, JSON header, the tensors' bytes without a gap.
import { type FileHandle, open } from "node:fs/promises";
import { type AtomicOptions, writeAtomically } from "./atomic.ts";
import { CHECKSUM, fillChecksum, hashHead, withBlankChecksum } from "./checksum.ts";
import { ARRAYS, type Dtype, dtypeOf, type TypedArray } from "./dtypes.ts";
import { RunError } from "./error.ts";
import { isUnicode, MAX_HEADER_BYTES, METADATA, parseHeader } from "./safetensors-header.ts";

/** A named array to be stored. */
export interface TensorInput {
  /** @defaultValue the element type of `data`; give it for F16, BF16, F8 and BOOL bits. */
  readonly dtype?: Dtype;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** A named array as it was read. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** Tensors by name, row-major. */
export type TensorMap = Readonly<Record<string, TensorInput>>;

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** How a safetensors file is read. */
export interface ReadOptions {
  /**
   * Whether a file without a checksum, which others may have written, is read.
   * @defaultValue "optional"
   */
  readonly checksum?: "optional" | "required";
}

function checkTensor(
  path: string,
  name: string,
  { dtype, shape, data }: TensorInput,
): StoredTensor {
  const own = dtypeOf(data);
  const chosen = dtype ?? own;
  const fail = (problem: string): never => {
    throw new RunError("ERR_BAD_VALUE", path, `tensor ${JSON.stringify(name)}: ${problem}`);
  };
  if (name === METADATA) fail("this name is reserved");
  if (!isUnicode(name)) fail("the name is no valid Unicode");
  if (own === undefined || chosen === undefined) return fail("expected `data` to be a typed array");
  if (!(data instanceof ARRAYS[chosen])) fail(`expected a ${ARRAYS[chosen].name} for ${chosen}`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    fail(`expected a shape of non-negative integers, got [${shape}]`);
  }
  const count = shape.reduce((a, b) => a * b, 1);
  if (data.length !== count)
    fail(`expected ${count} elements for shape [${shape}], got ${data.length}`);
  return { dtype: chosen, shape, data };
}

function checkMetadata(path: string, metadata: Readonly<Record<string, string>>): void {
  const fail = (name: string, problem: string): never => {
    const label = `metadata ${JSON.stringify(name)}`;
    throw new RunError("ERR_BAD_VALUE", path, `${label}: ${problem}`);
  };
  for (const [name, value] of Object.entries(metadata)) {
    if (name === CHECKSUM) fail(name, "this name is reserved");
    if (typeof value !== "string") fail(name, `expected a string, got ${typeof value}`);
    if (!isUnicode(name) || !isUnicode(value)) fail(name, "no valid Unicode");
  }
}

/** Widest elements first, so that every tensor starts at a multiple of its element size. */
function inFileOrder(path: string, tensors: TensorMap): [string, StoredTensor][] {
  return Object.entries(tensors)
    .map(([name, tensor]): [string, StoredTensor] => [name, checkTensor(path, name, tensor)])
    .sort(
      ([nameA, a], [nameB, b]) =>
        b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
    );
}

function encodeHeader(
  tensors: [string, StoredTensor][],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let offset = 0;
  const entries = tensors.map(([name, { dtype, shape, data }]) => {
    const begin = offset;
    offset += data.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const;
  });
  const header = Object.fromEntries([[METADATA, metadata] as const, ...entries]);
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the data starts aligned.
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}

/**
 * Writes tensors as one safetensors file, atomically: flushed under a temporary name, then renamed.
 *
 * The bytes depend on the tensors and the metadata alone, not on the order of their names. The
 * metadata gets a checksum over the whole file, `sd.sha256`, which reading checks and takes out again.
 *
 * @param path - Where to; an existing file is replaced.
 * @param tensors - Arrays by name with row-major shapes; `[]` is a scalar.
 * @param metadata - Strings by name, kept in the header.
 * @throws {@link RunError} `ERR_BAD_VALUE` if a shape does not fit its data or a name is reserved,
 * `ERR_NO_SPACE` if the disk is full.
 * @see https://github.com/huggingface/safetensors
 */
export async function writeSafetensors(
  path: string,
  tensors: TensorMap,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeTensors(path, tensors, metadata);
}

/** {@link writeSafetensors}, with something to do before an existing file is replaced. */
export async function writeTensors(
  path: string,
  tensors: TensorMap,
  metadata: Readonly<Record<string, string>>,
  options: AtomicOptions = {},
): Promise<void> {
  checkMetadata(path, metadata);
  const ordered = inFileOrder(path, tensors);
  const all = Object.entries(withBlankChecksum(metadata));
  const sorted = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  const chunks = ordered.map(
    ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  const head = encodeHeader(ordered, sorted);
  fillChecksum(head, chunks);
  await writeAtomically(path, [head, ...chunks], options);
}

async function readBytes(
  handle: FileHandle,
  length: number,
  position: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) {
      throw new RunError("ERR_BAD_FILE", path, "the file became shorter while it was read", {
        offset: position + done,
      });
    }
    done += bytesRead;
  }
  return bytes;
}

async function readHeaderLength(handle: FileHandle, size: number, path: string): Promise<number> {
  if (size < 8) {
    throw new RunError("ERR_BAD_FILE", path, `expected 8 bytes of header length, got ${size}`, {
      offset: 0,
    });
  }
  const bytes = await readBytes(handle, 8, 0, path);
  const length = new DataView(bytes.buffer).getBigUint64(0, true);
  if (length > BigInt(Math.min(size - 8, MAX_HEADER_BYTES))) {
    const limit = Math.min(size - 8, MAX_HEADER_BYTES);
    throw new RunError(
      "ERR_BAD_FILE",
      path,
      `expected a header of at most ${limit} bytes, got ${length}`,
      { offset: 0 },
    );
  }
  return Number(length);
}

/**
 * Reads a safetensors file, checking the whole header before a tensor is allocated.
 *
 * Refused: headers longer than the file or 100 MB, invalid JSON, names held twice, unknown element
 * types, offsets that are no integers, overlap, leave gaps or bytes over, sizes that disagree with shapes.
 * A file that {@link writeSafetensors} wrote must be as it was written, byte for byte.
 *
 * @param path - The file.
 * @param options - `checksum: "required"` refuses a file that has none.
 * @returns Every tensor in an array of its own, and the metadata.
 * @throws {@link RunError} `ERR_BAD_FILE` with the byte offset of the fault.
 * @see https://github.com/huggingface/safetensors
 */
export async function readSafetensors(
  path: string,
  { checksum = "optional" }: ReadOptions = {},
): Promise<SafetensorsFile> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const length = await readHeaderLength(handle, size, path);
    const head = await readBytes(handle, 8 + length, 0, path);
    const { entries, metadata } = parseHeader(head.subarray(8), size, path);
    const { [CHECKSUM]: digits, ...rest } = metadata;
    if (digits === undefined && checksum === "required") {
      throw new RunError("ERR_BAD_FILE", path, "expected a checksum in the metadata, got none");
    }
    const hash = digits === undefined ? undefined : hashHead(head, digits);
    const tensors: [string, StoredTensor][] = [];
    for (const { name, dtype, shape, begin, end } of entries) {
      const bytes = await readBytes(handle, end - begin, 8 + length + begin, path);
      hash?.update(bytes);
      tensors.push([name, { dtype, shape, data: new ARRAYS[dtype](bytes.buffer) }]);
    }
    if (hash !== undefined && hash.digest("hex") !== digits) {
      const problem = "the checksum differs: the file was damaged or changed after it was written";
      throw new RunError("ERR_BAD_FILE", path, problem);
    }
    return { tensors: Object.fromEntries(tensors), metadata: rest };
  } finally {
    await handle.close();
  }
}
