// metrics.jsonl: one JSON object a line, append only. A line counts once its line feed is there.
import { open, readFile } from "node:fs/promises";
import { RunError } from "./error.ts";
import { tellNoSpace } from "./no-space.ts";

/** One epoch's numbers; `epoch` orders the rows. */
export interface MetricsRow {
  readonly epoch: number;
  readonly [name: string]: number | string | null;
}

/** The rows of a file, and how many of its bytes they are. */
export interface MetricsFile {
  readonly rows: MetricsRow[];
  /** `ends[i]` is the offset just after the line of `rows[i]`. */
  readonly ends: number[];
  readonly warnings: string[];
}

// JSON has no such numbers; a diverged loss must survive all the same.
const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

const isNonFiniteName = (value: unknown): value is string =>
  typeof value === "string" && Object.hasOwn(NON_FINITE, value);

const isEpoch = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** One row as its line, with numbers that JSON lacks as the strings NaN, Infinity and -Infinity. */
export function encodeRow(row: MetricsRow, file: string): string {
  const fail = (problem: string): never => {
    throw new RunError("ERR_BAD_VALUE", file, problem);
  };
  if (!isEpoch(row.epoch))
    fail(`expected \`epoch\` to be a non-negative integer, got ${row.epoch}`);
  for (const [name, value] of Object.entries(row)) {
    if (isNonFiniteName(value)) fail(`\`${name}\`: the string ${value} stands for a number here`);
    if (value !== null && typeof value !== "number" && typeof value !== "string") {
      fail(`\`${name}\`: expected a number, a string or null, got ${typeof value}`);
    }
  }
  const json = JSON.stringify(row, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return `${json}\n`;
}

function decodeRow(line: string): MetricsRow | undefined {
  try {
    // A reviver is called for every value: only where there may be one to revive.
    const row: unknown = /"(NaN|-?Infinity)"/.test(line)
      ? JSON.parse(line, (_, value) => (isNonFiniteName(value) ? NON_FINITE[value] : value))
      : JSON.parse(line);
    return isEpoch((row as MetricsRow | null)?.epoch) ? (row as MetricsRow) : undefined;
  } catch {
    return undefined;
  }
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    // No epoch has ended yet.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/**
 * Reads the rows. A last line that a kill tore is left out and told in `warnings`.
 *
 * @throws {@link RunError} if any other line is no row.
 */
export async function readMetrics(path: string): Promise<MetricsFile> {
  const bytes = await bytesOf(path);
  const file: MetricsFile = { rows: [], ends: [], warnings: [] };
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    const row = feed < 0 ? undefined : decodeRow(bytes.toString("utf8", start, feed));
    if (row) {
      file.rows.push(row);
      file.ends.push(end);
    } else if (end === bytes.length) {
      file.warnings.push(`${path}: byte ${start}: the last line is torn and was ignored`);
    } else {
      throw new RunError(
        "ERR_BAD_FILE",
        path,
        "expected a JSON object with an epoch on this line",
        { offset: start },
      );
    }
    start = end;
  }
  return file;
}

/**
 * Appends one row with one write, and flushes it; where that fails, nothing of it stays.
 *
 * @throws {@link RunError} `ERR_NO_SPACE` if the disk is full.
 */
export async function appendRow(path: string, row: MetricsRow): Promise<void> {
  const line = encodeRow(row, path);
  const handle = await open(path, "a");
  try {
    const { size } = await handle.stat();
    try {
      await handle.writeFile(line);
      await handle.sync();
    } catch (error) {
      await handle.truncate(size);
      throw tellNoSpace(error, path);
    }
  } finally {
    await handle.close();
  }
}

/** Cuts the file after the last row whose epoch is at most `lastEpoch`; returns the rows that stay. */
export async function truncateRows(path: string, lastEpoch: number): Promise<MetricsRow[]> {
  const { rows, ends } = await readMetrics(path);
  const later = rows.findIndex((row) => row.epoch > lastEpoch);
  const kept = later < 0 ? rows : rows.slice(0, later);
  const handle = await open(path, "a");
  try {
    await handle.truncate(kept.length === 0 ? 0 : ends[kept.length - 1]!);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return kept;
}
