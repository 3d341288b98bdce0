/** One entry as its archive states it: nothing is checked yet. */
export interface RawEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** Uncompressed bytes. */
  readonly size: number;
  /** Where each entry is compressed by itself. */
  readonly compressedSize?: number;
  /** Where it begins in the archive; in the uncompressed bytes of a `.tar.gz`. */
  readonly offset: number;
  /** Its bytes, at most once, and before the next entry is asked for. */
  body(): AsyncIterable<Uint8Array>;
}

/** All bytes of an entry. */
export async function bodyOf({ body }: Pick<RawEntry, "body">): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
