import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { DataError } from "./error.ts";

function uncompressed(bytes: Buffer, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new DataError(file, 0, `broken gzip stream: ${(cause as Error).message}`, { cause });
  }
}

/** The bytes of a file, uncompressed where they begin like a gzip stream. */
export async function readBytes(file: string): Promise<Buffer> {
  return uncompressed(await readFile(file), file);
}
