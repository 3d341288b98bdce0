/** A mistake in how a command was called, or a state of the disk that a person must resolve: shown as one line, without a stack. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Errors of these packages are meant for people; anything else is a defect, and shows where it happened. */
const FOR_PEOPLE: ReadonlySet<string> = new Set([
  ...[
    "UsageError",
    "ConfigError",
    "StudyError",
    "TrainerError",
    "ArchiveError",
    "DownloadError",
    "EngineError",
    "RunError",
    "DataError",
    "ReportError",
  ],
  ...["SdError", "ShapeError", "DomainError", "TypeMismatchError", "ProgramError"],
]);

/** What is printed of an error. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  const ofTheSystem = typeof code === "string" && "syscall" in error;
  // Its lines begin with file, line and column, as editors and other tools know them.
  if (error.name === "ConfigError") return error.message;
  if (FOR_PEOPLE.has(error.name) || ofTheSystem) return `sd: ${error.message}`;
  return `sd: ${error.stack ?? error.message}`;
}
