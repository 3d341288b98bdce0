import { DataError } from "./error.ts";
import { readBytes } from "./read-bytes.ts";

/** What {@link readLabelColumn} reads. */
export interface LabelColumnOptions {
  /** The column's name in the first line. */
  readonly column: string;
  /** Number of classes, k. */
  readonly classes: number;
}

/** The lines of a text with the byte at which each starts; a last line break ends the last line. */
function* linesOf(text: string): Generator<{ line: string; offset: number }> {
  let offset = 0;
  for (const line of text.replace(/\r?\n$/, "").split("\n")) {
    yield { line: line.replace(/\r$/, ""), offset };
    offset += Buffer.byteLength(line) + 1;
  }
}

/**
 * Reads one column of labels from a CSV file whose first line names its columns, such as those of CIFAR-10N and CIFAR-100N.
 *
 * @param path - Plain values without quotes; gzip is recognised.
 * @param options - `column`, `classes`.
 * @returns `[n]`, classes 0…k−1, in the order of the lines.
 * @throws {@link DataError} if there is no such column or a value is no class, with the byte at which its line starts.
 *
 * Reference: Wei et al. 2022, arXiv 2110.12088.
 */
export async function readLabelColumn(
  path: string,
  { column, classes }: LabelColumnOptions,
): Promise<Int32Array> {
  const [header, ...lines] = linesOf((await readBytes(path)).toString("utf8"));
  const names = header!.line.split(",");
  const place = names.indexOf(column);
  if (place < 0) {
    throw new DataError(path, 0, `expected a column \`${column}\`, got ${names.join(", ")}`);
  }
  return Int32Array.from(lines, ({ line, offset }) => {
    const value = line.split(",")[place] ?? "";
    const label = Number(value);
    if (/^\d+$/.test(value) && label < classes) return label;
    throw new DataError(path, offset, `expected a label in 0…${classes - 1}, got "${value}"`);
  });
}
