// Which files of a tree are images, and of which class: the rules of torchvision's ImageFolder.
import { compareNames } from "../compare-names.ts";
import { DataError } from "../error.ts";
import type { FileTree } from "../file-tree.ts";

/** Image files with their classes, in the order of the rows. */
export interface LabelledFiles {
  readonly classNames: readonly string[];
  readonly files: readonly string[];
  /** One a file. */
  readonly labels: Int32Array;
  /** What lies there as well and was left out. */
  readonly ignored: readonly string[];
}

/** Hidden on Unix, or what macOS puts into archives beside the files. */
const isHidden = (path: string): boolean =>
  path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

/** Whether a path is that of a visible JPEG, PNG or WebP file. */
export const isImagePath = (path: string): boolean =>
  /\.(jpe?g|png|webp)$/i.test(path) && !isHidden(path);

/** The files of a folder come before those of the folders in it. */
function compareWalk(a: string, b: string): number {
  const cut = (path: string): number => path.lastIndexOf("/");
  return (
    compareNames(a.slice(0, Math.max(0, cut(a))), b.slice(0, Math.max(0, cut(b)))) ||
    compareNames(a.slice(cut(a) + 1), b.slice(cut(b) + 1))
  );
}

function classNamesOf(tree: FileTree): string[] {
  const nested = tree.files.filter((path) => path.includes("/"));
  const tops = [...nested, ...tree.folders].map((path) => path.split("/", 1)[0]!);
  return [...new Set(tops)].filter((name) => !isHidden(name)).sort(compareNames);
}

/**
 * A folder for each class, images in it at any depth.
 *
 * @throws {@link DataError} if there is no class folder, or one has no image.
 */
export function labelledFiles(tree: FileTree): LabelledFiles {
  const classNames = classNamesOf(tree);
  if (classNames.length === 0) {
    const problem = `expected a folder for each class, got ${tree.files.length} files and no folder`;
    throw new DataError(tree.locate(""), undefined, problem);
  }
  const isRow = (path: string): boolean => path.includes("/") && isImagePath(path);
  const files = tree.files.filter(isRow).sort(compareWalk);
  const byName = new Map(classNames.map((name, label) => [name, label]));
  const labels = Int32Array.from(files, (path) => byName.get(path.split("/", 1)[0]!)!);
  const used = new Set(labels);
  const empty = classNames.findIndex((_, label) => !used.has(label));
  if (empty >= 0) {
    const folder = classNames[empty]!;
    const problem = "expected a JPEG, PNG or WebP image in every class folder, got none";
    throw new DataError(tree.locate(folder), undefined, problem);
  }
  return { classNames, files, labels, ignored: tree.files.filter((path) => !isRow(path)) };
}
