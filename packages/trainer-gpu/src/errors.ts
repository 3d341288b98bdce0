/** What can go wrong in a training run. */
export type TrainerErrorCode =
  | "ENGINE_UNAVAILABLE"
  | "UNKNOWN_NAME"
  | "BAD_OPTION"
  | "MISSING_SIGNAL"
  | "NON_FINITE_LOSS"
  | "CONFIG_MISMATCH"
  | "BAD_CHECKPOINT"
  | "STOPPED";

/** The one error of this package; `code` says what kind. */
export class TrainerError extends Error {
  override readonly name: string = "TrainerError";
  readonly code: TrainerErrorCode;
  /** What there is to look at, relative to the run folder: the batch that a loss which is not finite came from. */
  readonly file: string | undefined;

  constructor(
    code: TrainerErrorCode,
    message: string,
    { file, ...options }: { cause?: unknown; file?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    this.file = file;
  }
}

/** Looks `name` up in `table`; an unknown name is an error that lists the known ones. */
export function lookUp<T>(table: Readonly<Record<string, T>>, kind: string, name: string): T {
  if (Object.hasOwn(table, name)) return table[name]!;
  throw new TrainerError(
    "UNKNOWN_NAME",
    `unknown ${kind} \`${name}\`: expected one of ${Object.keys(table).join(", ")}`,
  );
}

/** Fails with `BAD_OPTION` unless `ok`, naming the option, what was expected and what was given. */
export function requireOption(name: string, value: unknown, expected: string, ok: boolean): void {
  if (ok) return;
  throw new TrainerError("BAD_OPTION", `\`${name}\`: expected ${expected}, got ${value}`);
}
