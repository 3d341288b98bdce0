/**
 * A data file is not what its format says; `code` is `"BAD_DATA"`.
 *
 * The message starts with the file, and the byte at which the fault was seen where it was at one.
 */
export class DataError extends Error {
  override readonly name: string = "DataError";
  readonly code = "BAD_DATA";
  readonly file: string;
  /** Counted in the uncompressed bytes where the file is compressed; undefined where the fault is at no byte. */
  readonly offset: number | undefined;

  constructor(
    file: string,
    offset: number | undefined,
    problem: string,
    options: ErrorOptions = {},
  ) {
    super(`${file}:${offset === undefined ? "" : ` byte ${offset}:`} ${problem}`, options);
    this.file = file;
    this.offset = offset;
  }
}

/**
 * An archive is broken, or holds what would do harm; a {@link DataError} that names the entry.
 *
 * `offset` is where the entry begins in the archive, in the uncompressed bytes of a `.tar.gz`.
 */
export class ArchiveError extends DataError {
  override readonly name = "ArchiveError";
  /** Empty where no entry had begun. */
  readonly entry: string;

  constructor(
    file: string,
    { entry, offset }: { readonly entry: string; readonly offset: number },
    problem: string,
    options: ErrorOptions = {},
  ) {
    super(
      file,
      offset,
      entry === "" ? problem : `entry ${JSON.stringify(entry)}: ${problem}`,
      options,
    );
    this.entry = entry;
  }
}
