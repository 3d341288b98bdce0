// The header of a safetensors file, read as if an enemy had written it.
import { ARRAYS, type Dtype, isDtype } from "./dtypes.ts";
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
  Number.isSafeInteger(value) && Number(value) >= 0;

/** JSON.parse keeps the last of two equal keys; a file that has two could mean either. */
function duplicateKey(json: string): { key: string; index: number } | undefined {
  const open: Set<string>[] = [];
  for (const match of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    const [token, text, colon] = match;
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon) {
      const key = JSON.parse(text!) as string;
      if (open.at(-1)!.has(key)) return { key, index: match.index };
      open.at(-1)!.add(key);
    }
  }
  return undefined;
}

function parseMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== "string")) {
    fail(`expected ${METADATA} to map strings to strings`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const label = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) fail(`${label}: expected an object`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (!isDtype(dtype)) fail(`${label}: unknown dtype ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    fail(`${label}: expected a shape of non-negative integers, got ${JSON.stringify(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    fail(`${label}: expected two non-negative integer offsets, got ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = (shape as number[]).reduce(
    (a, b) => a * b,
    ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT,
  );
  if (end - begin !== bytes) {
    fail(`${label}: expected ${bytes} bytes for ${dtype} [${shape}], got offsets [${offsets}]`);
  }
  return { name, dtype: dtype as Dtype, shape: shape as number[], begin, end };
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
      fail(
        `tensor ${JSON.stringify(name)} ${fault}: starts at ${begin}, not ${reached}`,
        dataStart + begin,
      );
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
    fail(`the header holds ${JSON.stringify(twice.key)} twice`, 8 + before);
  }
  const entries = Object.entries(parsed)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => parseEntry(name, value, fail))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, 8 + bytes.length, size, fail);
  const metadata = Object.hasOwn(parsed, METADATA) ? parseMetadata(parsed[METADATA], fail) : {};
  return { entries, metadata };
}
