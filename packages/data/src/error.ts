/**
 * A data file is not what its format says; `code` is `"BAD_DATA"`.
 *
 * The message starts with the file and the byte at which the fault was seen.
 */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code = "BAD_DATA";
  readonly file: string;
  /** Counted in the uncompressed bytes where the file is compressed. */
  readonly offset: number;

  constructor(file: string, offset: number, problem: string, options: ErrorOptions = {}) {
    super(`${file}: byte ${offset}: ${problem}`, options);
    this.file = file;
    this.offset = offset;
  }
}
