import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { KnownFile } from "./known-dataset.ts";

async function startsLikeGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/**
 * Whether a file has the content that is known of it.
 *
 * @param uncompress - Whether `known` is of the content after decompression; what is not compressed is taken as it is.
 * @throws What the file system throws.
 */
export async function isOfficial(
  path: string,
  known: Pick<KnownFile, "bytes" | "digest">,
  { uncompress }: { readonly uncompress: boolean },
): Promise<boolean> {
  const hash = createHash(known.digest.algorithm);
  const file = createReadStream(path);
  const content: Readable =
    uncompress && (await startsLikeGzip(path)) ? pipeline(file, createGunzip(), () => {}) : file;
  let bytes = 0;
  try {
    for await (const chunk of content) {
      bytes += (chunk as Buffer).length;
      if (bytes > known.bytes) return false;
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    // A broken stream is another content; a file that cannot be read is not.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    return false;
  } finally {
    file.destroy();
  }
  return bytes === known.bytes && hash.digest("hex") === known.digest.value;
}
