import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { DataError } from "../error.ts";
import type { FileTree } from "../file-tree.ts";
import { concurrently } from "./concurrently.ts";
import { type DecodedImage, type Decoding, decodeImage } from "./decoder.ts";
import type { LabelledFiles } from "./labelled-files.ts";

/** Decoded files, in their order. */
export interface DecodedFiles {
  /** `[n, h, w, 3]`. */
  readonly images: Uint8Array;
  readonly shape: readonly [n: number, h: number, w: number, c: number];
  /** SHA-256 over what the images are made to be, and the names, classes and bytes of the files. */
  readonly checksum: string;
}

/**
 * Decodes files, several at once.
 *
 * @param concurrency - How many at once. @defaultValue two a processor
 * @throws {@link DataError} with the file that is no sound image, or has another size than the first.
 */
export async function decodeFiles(
  tree: FileTree,
  { files, labels }: Pick<LabelledFiles, "files" | "labels">,
  decoding: Decoding,
  concurrency: number = 2 * availableParallelism(),
): Promise<DecodedFiles> {
  const n = files.length;
  const digests = new Array<Buffer>(n);
  const decodeRow = async (i: number): Promise<DecodedImage> => {
    const bytes = await tree.read(files[i]!);
    digests[i] = createHash("sha256").update(bytes).digest();
    return decodeImage(bytes, tree.locate(files[i]!), decoding);
  };
  const first = await decodeRow(0);
  const [h, w] = first.size;
  const images = new Uint8Array(n * h * w * 3);
  images.set(first.pixels);
  await concurrently(n - 1, concurrency, async (before) => {
    const i = before + 1;
    const { pixels, size } = await decodeRow(i);
    if (size[0] !== h || size[1] !== w) {
      const problem = `expected ${h} × ${w} pixels as in the first image, got ${size.join(" × ")}: set \`size\``;
      throw new DataError(tree.locate(files[i]!), undefined, problem);
    }
    images.set(pixels, i * h * w * 3);
  });
  const { kernel, background, size } = decoding;
  const hash = createHash("sha256").update(JSON.stringify({ size, kernel, background }));
  files.forEach(
    (file, i) => void hash.update(JSON.stringify([file, labels[i]])).update(digests[i]!),
  );
  return { images, shape: [n, h, w, 3], checksum: hash.digest("hex") };
}
