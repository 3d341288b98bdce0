/** What can go wrong between an empty machine and a loaded engine. */
export type EngineErrorCode =
  | "INVALID_ARGUMENT"
  | "UNSUPPORTED_PLATFORM"
  | "MISSING_TOOL"
  | "CACHE_UNUSABLE"
  | "DOWNLOAD_FAILED"
  | "VERIFICATION_FAILED"
  | "UNPACK_FAILED"
  | "COMPILE_FAILED"
  | "NOT_INSTALLED"
  | "LOAD_FAILED"
  | "GPU_UNAVAILABLE";

/** The one error of this package: `code` says which step failed, `hint` what a person can do about it. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  readonly code: EngineErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: EngineErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(`native engine: ${message}${options.hint ? `. ${options.hint}` : ""}`, {
      cause: options.cause,
    });
    this.code = code;
    this.hint = options.hint;
  }
}
