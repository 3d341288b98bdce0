/** What went wrong, for code that decides by it. */
export type StudyErrorCode =
  | "ERR_BAD_SPEC"
  | "ERR_NOT_A_STUDY"
  | "ERR_OTHER_STUDY"
  | "ERR_ALREADY_RUNNING";

/** A study's description, or its folder, is not what it should be. */
export class StudyError extends Error {
  override readonly name = "StudyError";
  readonly code: StudyErrorCode;

  constructor(code: StudyErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
