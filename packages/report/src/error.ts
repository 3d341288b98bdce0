/** There is nothing to report on; `code` is `"NO_RUNS"`. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code = "NO_RUNS";
}
