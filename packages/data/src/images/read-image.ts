import { readFile } from "node:fs/promises";
import { checkDecoding, type DecodedImage, type DecodeOptions, decodeImage } from "./decoder.ts";

/**
 * Reads one JPEG, PNG or WebP image, as {@link readImageFolder} reads many.
 *
 * @param options - `size`, `kernel`, `background`.
 * @returns Pixels `[h, w, 3]`, and h and w.
 * @throws {@link DataError} unless it is a sound image; {@link DomainError}.
 */
export async function readImage(path: string, options: DecodeOptions = {}): Promise<DecodedImage> {
  const decoding = checkDecoding("readImage", options);
  return decodeImage(await readFile(path), path, decoding);
}
