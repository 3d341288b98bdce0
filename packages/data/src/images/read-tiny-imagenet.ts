// Tiny-ImageNet's layout: wnids.txt, words.txt, train/<wnid>/images/*.JPEG, val/images/*.JPEG with val_annotations.txt.
import { openTree } from "../archive/open-tree.ts";
import { compareNames } from "../compare-names.ts";
import { DataError } from "../error.ts";
import { type FileTree, subtree } from "../file-tree.ts";
import { decodeFiles } from "./decode-files.ts";
import { checkDecoding, type DecodeOptions } from "./decoder.ts";
import { type LabelledFiles, labelledFiles } from "./labelled-files.ts";
import type { ImageFolderDataset, ImageFolderOptions } from "./read-image-folder.ts";

/** Options of {@link readTinyImageNet}. */
export interface TinyImageNetOptions
  extends DecodeOptions,
    Pick<ImageFolderOptions, "concurrency" | "limits"> {}

/** The lines of a text file, split at tabs, with the byte at which each starts. */
async function readTable(
  tree: FileTree,
  path: string,
): Promise<{ cells: string[]; offset: number }[]> {
  if (!tree.files.includes(path)) {
    throw new DataError(
      tree.locate(path),
      undefined,
      "expected this file of Tiny-ImageNet's layout",
    );
  }
  const text = (await tree.read(path)).toString();
  let offset = 0;
  return text.split("\n").flatMap((line) => {
    const start = offset;
    offset += Buffer.byteLength(line) + 1;
    return line.trim() === ""
      ? []
      : [{ cells: line.replace(/\r$/, "").split("\t"), offset: start }];
  });
}

/** The folder that holds `wnids.txt`, in an archive most often below one more folder. */
function rootOf(tree: FileTree, path: string): FileTree {
  const found = tree.files
    .filter((file) => /(^|\/)wnids\.txt$/.test(file))
    .sort((a, b) => a.split("/").length - b.split("/").length);
  if (found[0] === undefined) {
    throw new DataError(path, undefined, "expected Tiny-ImageNet's layout, got no wnids.txt");
  }
  return subtree(tree, found[0].slice(0, -"/wnids.txt".length));
}

async function validationFiles(tree: FileTree, wnids: readonly string[]): Promise<LabelledFiles> {
  const byId = new Map(wnids.map((id, label) => [id, label]));
  const table = "val/val_annotations.txt";
  const rows = (await readTable(tree, table)).map(({ cells, offset }) => {
    const label = byId.get(cells[1] ?? "");
    if (label !== undefined) return [`val/images/${cells[0]}`, label] as [string, number];
    const problem = `expected a file and one of ${wnids.length} classes, got ${JSON.stringify(cells[1] ?? "")}`;
    throw new DataError(tree.locate(table), offset, problem);
  });
  if (rows.length === 0)
    throw new DataError(tree.locate(table), undefined, "expected a line for each image");
  const listed = new Map(rows);
  const files = [...listed.keys()].sort(compareNames);
  const present = new Set(tree.files);
  const missing = files.find((file) => !present.has(file));
  if (missing !== undefined) {
    const problem = "expected the image that val_annotations.txt names";
    throw new DataError(tree.locate(missing), undefined, problem);
  }
  return {
    classNames: wnids,
    files,
    labels: Int32Array.from(files, (file) => listed.get(file)!),
    ignored: tree.files.filter(
      (file) => file.startsWith("val/") && file !== table && !listed.has(file),
    ),
  };
}

function trainingFiles(tree: FileTree, wnids: readonly string[]): LabelledFiles {
  const train = subtree(tree, "train");
  const found = labelledFiles(train);
  const same = found.classNames.join() === wnids.join();
  if (!same) {
    const problem = `expected the ${wnids.length} class folders that wnids.txt names, got ${found.classNames.length}`;
    throw new DataError(tree.locate("train"), undefined, problem);
  }
  const prefixed = (paths: readonly string[]): string[] => paths.map((path) => `train/${path}`);
  return { ...found, files: prefixed(found.files), ignored: prefixed(found.ignored) };
}

/**
 * Reads Tiny-ImageNet, or a subset in its layout: `train` and the labelled `validation` part. Its test part has no labels.
 *
 * Classes are the ids of `wnids.txt`, sorted, and named by `words.txt`; rows are sorted by file.
 *
 * @param path - The folder that holds `wnids.txt`, one around it, or a `.zip` or `.tar.gz` archive of it.
 * @throws {@link DataError} with the file at fault.
 *
 * Reference: Le, Yang, *Tiny ImageNet visual recognition challenge*, Stanford CS 231N, 2015.
 */
export async function readTinyImageNet(
  path: string,
  options: TinyImageNetOptions = {},
): Promise<{ readonly train: ImageFolderDataset; readonly validation: ImageFolderDataset }> {
  const decoding = checkDecoding("readTinyImageNet", options);
  const tree = rootOf(await openTree(path, options.limits), path);
  const wnids = (await readTable(tree, "wnids.txt"))
    .map(({ cells }) => cells[0]!)
    .sort(compareNames);
  const words = new Map(
    (await readTable(tree, "words.txt")).map(({ cells }) => [cells[0], cells[1]]),
  );
  const classNames = wnids.map((id) => words.get(id) ?? id);
  const dataset = async (name: string, rows: LabelledFiles): Promise<ImageFolderDataset> => {
    const { files, labels, ignored } = rows;
    const decoded = await decodeFiles(tree, rows, decoding, options.concurrency);
    const of = { classes: wnids.length, classNames, files, ignored };
    return { name: `Tiny-ImageNet ${name}`, ...decoded, labels, ...of };
  };
  return {
    train: await dataset("train", trainingFiles(tree, wnids)),
    validation: await dataset("validation", await validationFiles(tree, wnids)),
  };
}
