import { basename } from "node:path";
import { checkNumber } from "@sd/math";
import type { ArchiveLimits } from "../archive/limits.ts";
import { openTree } from "../archive/open-tree.ts";
import type { ImageDataset } from "../dataset.ts";
import { subtree } from "../file-tree.ts";
import { decodeFiles } from "./decode-files.ts";
import { checkDecoding, type DecodeOptions } from "./decoder.ts";
import { labelledFiles } from "./labelled-files.ts";

/** Options of {@link readImageFolder}. */
export interface ImageFolderOptions extends DecodeOptions {
  /** @defaultValue the folder's name */
  readonly name?: string;
  /** The folder below `path` that has the class folders, with `/`: for archives. @defaultValue `path` itself */
  readonly folder?: string;
  /** How many images are decoded at once. @defaultValue two a processor */
  readonly concurrency?: number;
  /** What an archive may hold at most. */
  readonly limits?: ArchiveLimits;
}

/** Labelled images that were files. */
export interface ImageFolderDataset extends ImageDataset {
  readonly classNames: readonly string[];
  /** The file of each row, relative to the folder, with `/`. */
  readonly files: readonly string[];
  /** What lies there as well and was left out: hidden files, and what has another ending. */
  readonly ignored: readonly string[];
}

/**
 * Reads a folder for each class with JPEG, PNG or WebP images in it, by the rules of torchvision's `ImageFolder`: classes are
 * sorted by name, files by folder and name, both by code point.
 *
 * Images are turned as their EXIF data say, transparency is removed on `background`, grey is expanded to RGB. Colour
 * profiles are not applied. Hidden files and folders, and files with other endings, are left out and named in `ignored`.
 *
 * @param path - A folder, or a `.tar`, `.tar.gz` or `.zip` archive, which is read without being unpacked.
 * @param options - `size` where the images differ in size.
 * @returns Images `[n, h, w, 3]`; `checksum` is over what the images were made to be, and the files' names and bytes.
 * @throws {@link DataError} with the file: no class folder, a class without an image, a damaged image, an image of another size
 * where none was asked for, a hostile archive. {@link DomainError}.
 *
 * @example
 * ```ts
 * import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { readImageFolder } from "@sd/data";
 * import sharp from "sharp";
 *
 * const folder = await mkdtemp(join(tmpdir(), "images-"));
 * for (const [name, background] of [["cat", "black"], ["dog", "white"]] as const) {
 *   const image = sharp({ create: { width: 2, height: 2, channels: 3, background } });
 *   await mkdir(join(folder, name));
 *   await writeFile(join(folder, name, "1.png"), await image.png().toBuffer());
 * }
 * const { shape, classNames, files } = await readImageFolder(folder);
 * console.log(shape, classNames, files); // [ 2, 2, 2, 3 ] [ 'cat', 'dog' ] [ 'cat/1.png', 'dog/1.png' ]
 * ```
 */
export async function readImageFolder(
  path: string,
  options: ImageFolderOptions = {},
): Promise<ImageFolderDataset> {
  const { name, folder = "", concurrency, limits } = options;
  const decoding = checkDecoding("readImageFolder", options);
  if (concurrency !== undefined) {
    checkNumber("readImageFolder", "concurrency", concurrency, { min: 1, integer: true });
  }
  const tree = subtree(await openTree(path, limits), folder);
  const rows = labelledFiles(tree);
  const decoded = await decodeFiles(tree, rows, decoding, concurrency);
  const { classNames, files, labels, ignored } = rows;
  const given = name ?? basename(folder === "" ? path : folder);
  return {
    name: given,
    ...decoded,
    labels,
    classes: classNames.length,
    classNames,
    files,
    ignored,
  };
}
