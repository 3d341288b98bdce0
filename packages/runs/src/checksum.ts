// A checksum over a whole safetensors file, kept in the file's own metadata.
import { createHash, type Hash } from "node:crypto";

/** The name in the metadata. */
export const CHECKSUM = "sd.sha256";

/** Stands for the checksum while it is computed. */
const BLANK = "0".repeat(64);

/** Metadata with room for the checksum. */
export const withBlankChecksum = (
  metadata: Readonly<Record<string, string>>,
): Record<string, string> => ({ ...metadata, [CHECKSUM]: BLANK });

/** Where the digits of the checksum are in the bytes of a file's beginning; -1 where it has none. */
function indexOfDigits(head: Uint8Array, digits: string): number {
  const field = JSON.stringify({ [CHECKSUM]: digits }).slice(1, -1);
  const at = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(field);
  return at < 0 ? -1 : at + field.length - 1 - digits.length;
}

/** The hash of a file's beginning, which holds `digits` as its checksum. */
export function hashHead(head: Uint8Array, digits: string): Hash {
  const blank = Uint8Array.from(head);
  const at = indexOfDigits(head, digits);
  if (at >= 0) blank.set(new TextEncoder().encode(BLANK), at);
  return createHash("sha256").update(blank);
}

/** Puts the checksum of `head` and `chunks` into `head`, which was made {@link withBlankChecksum}. */
export function fillChecksum(head: Uint8Array, chunks: readonly Uint8Array[]): void {
  const hash = hashHead(head, BLANK);
  for (const chunk of chunks) hash.update(chunk);
  head.set(new TextEncoder().encode(hash.digest("hex")), indexOfDigits(head, BLANK));
}
