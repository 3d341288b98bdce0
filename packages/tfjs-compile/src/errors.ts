/** What a program can refuse; the README explains each. */
export type ProgramErrorCode =
  | "ERR_ASYNC_STEP"
  | "ERR_BACKEND_CHANGED"
  | "ERR_CAPTURED_TENSOR"
  | "ERR_CAPTURED_VARIABLE"
  | "ERR_CONSTANT_TOO_LARGE"
  | "ERR_CREATED_VARIABLE"
  | "ERR_DATA_DEPENDENT"
  | "ERR_DISPOSED_PROGRAM"
  | "ERR_DISPOSED_VARIABLE"
  | "ERR_DTYPE"
  | "ERR_ENGINE"
  | "ERR_EXPORT"
  | "ERR_INPUT_DTYPE"
  | "ERR_INPUT_NAMES"
  | "ERR_INPUT_SHAPE"
  | "ERR_INPUT_TENSOR"
  | "ERR_NOT_REPEATABLE"
  | "ERR_OUTPUT"
  | "ERR_RANDOM_OP"
  | "ERR_STEP_FAILED"
  | "ERR_SYNC_READ"
  | "ERR_TENSOR_READ"
  | "ERR_UNKNOWN_ENTRY"
  | "ERR_UNKNOWN_VARIABLE"
  | "ERR_VALUE_LENGTH";

/** The error of a program: `code` says which rule was broken, `entry` in which entry, if in one. */
export class ProgramError extends Error {
  override readonly name: string = "ProgramError";
  readonly code: ProgramErrorCode;
  readonly entry: string | undefined;

  constructor(
    code: ProgramErrorCode,
    message: string,
    { entry, cause }: { readonly entry?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(entry === undefined ? message : `entry \`${entry}\`: ${message}`, { cause });
    this.code = code;
    this.entry = entry;
  }
}
