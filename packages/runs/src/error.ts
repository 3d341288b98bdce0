/** What went wrong, for code that decides by it. */
export type RunErrorCode =
  | "ERR_RUN_EXISTS"
  | "ERR_LOCKED"
  | "ERR_NO_SPACE"
  | "ERR_NOT_A_RUN"
  | "ERR_BAD_NAME"
  | "ERR_BAD_FILE"
  | "ERR_BAD_VALUE";

/** The process that has a run folder open for writing. */
export interface RunHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
}

/** Where the fault lies, as far as it is known. */
export interface RunErrorOptions {
  /** The byte of `file` at which the fault was seen. */
  readonly offset?: number;
  /** The process that has the folder open for writing. */
  readonly holder?: RunHolder;
  readonly cause?: unknown;
}

/**
 * A run folder, or a file of one, is not what it should be.
 *
 * The message starts with the file, then the byte where known, then what was expected and found.
 */
export class RunError extends Error {
  override readonly name = "RunError";
  readonly code: RunErrorCode;
  readonly file: string;
  readonly offset: number | undefined;
  readonly holder: RunHolder | undefined;

  constructor(code: RunErrorCode, file: string, problem: string, options: RunErrorOptions = {}) {
    const place = options.offset === undefined ? "" : ` byte ${options.offset}:`;
    super(`${file}:${place} ${problem}`, { cause: options.cause });
    this.code = code;
    this.file = file;
    this.offset = options.offset;
    this.holder = options.holder;
  }
}
