/** Why there is no report. */
export type ReportErrorCode = "NO_RUNS" | "NO_BASELINE";

/** There is nothing to report on, or nothing to compare with. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code: ReportErrorCode;

  constructor(message: string, code: ReportErrorCode = "NO_RUNS") {
    super(message);
    this.code = code;
  }
}
