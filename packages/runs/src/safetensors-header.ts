// The header of a safetensors file, read as if an enemy had written it.
import { ARRAYS, type Dtype, isDtype } from "./dtypes.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { RunError } from "./error.ts";

/** Where one tensor's bytes lie, counted from the end of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Record<string, string>;
}

/** The key of a header that holds the metadata, and so can name no tensor. */
export const METADATA = "__metadata__";

/** The limit of the reference implementation. */
export const MAX_HEADER_BYTES: number = 100_000_000;

type Fail = (problem: string, offset?: number) => never;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && !Object.is(value, -0);

/** How many bytes a shape takes; undefined beyond what a number counts exactly, even where a size is 0. */
function bytesOf(shape: readonly number[], dtype: Dtype): number | undefined {
  let bytes: number = ARRAYS[dtype].BYTES_PER_ELEMENT;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

/** Half of a surrogate pair is no character: other readers refuse it, so it is no name either. */
export const isUnicode = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** What a message shows of a value of any size and depth. */
function show(value: unknown): string {
  if (Array.isArray(value) && value.every((x) => typeof x !== "object")) {
    return clip(`[${value.slice(0, LONGEST).map(show)}]`);
  }
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[…]" : "{…}";
  return clip(String(JSON.stringify(value)));
}

const LONGEST = 60;
const clip = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;

function parseMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== "string")) {
    fail(`expected ${METADATA} to map strings to strings`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const label = `tensor ${show(name)}`;
  if (!isUnicode(name)) fail(`${label}: the name is no valid Unicode`);
  if (!isRecord(value)) fail(`${label}: expected an object`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (!isDtype(dtype)) return fail(`${label}: unknown dtype ${show(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    return fail(`${label}: expected a shape of non-negative integers, got ${show(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail(`${label}: expected two non-negative integer offsets, got ${show(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = bytesOf(shape, dtype);
  if (end - begin !== bytes) {
    const expected = bytes === undefined ? "fewer than 2^53" : bytes;
    fail(
      `${label}: expected ${expected} bytes for ${dtype} ${show(shape)}, got offsets [${offsets}]`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** Every byte after the header belongs to exactly one tensor. */
function checkCover(
  entries: readonly TensorEntry[],
  dataStart: number,
  size: number,
  fail: Fail,
): void {
  let reached = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== reached) {
      const fault = begin < reached ? "overlaps the tensor before it" : "leaves a gap before it";
      fail(`tensor ${show(name)} ${fault}: starts at ${begin}, not ${reached}`, dataStart + begin);
    }
    reached = end;
  }
  if (dataStart + reached !== size) {
    const fault = dataStart + reached > size ? "is cut off" : "has trailing bytes";
    fail(
      `the file ${fault}: expected ${dataStart + reached} bytes, got ${size}`,
      Math.min(size, dataStart + reached),
    );
  }
}

/** Parses and checks the header bytes of a file of `size` bytes; the entries come in file order. */
export function parseHeader(bytes: Uint8Array, size: number, file: string): Header {
  const fail: Fail = (problem, offset = 8) => {
    throw new RunError("ERR_BAD_FILE", file, problem, { offset });
  };
  let json: string;
  let parsed: unknown;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new RunError("ERR_BAD_FILE", file, `the header is no JSON: ${(cause as Error).message}`, {
      offset: 8,
      cause,
    });
  }
  if (!isRecord(parsed) || !json.startsWith("{"))
    return fail("expected the header to be a JSON object");
  const twice = duplicateKey(json);
  if (twice) {
    const before = new TextEncoder().encode(json.slice(0, twice.index)).length;
    fail(`the header holds ${show(twice.key)} twice`, 8 + before);
  }
  const entries = Object.entries(parsed)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => parseEntry(name, value, fail))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, 8 + bytes.length, size, fail);
  const metadata = Object.hasOwn(parsed, METADATA) ? parseMetadata(parsed[METADATA], fail) : {};
  return { entries, metadata };
}
