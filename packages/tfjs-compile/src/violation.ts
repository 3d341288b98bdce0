import { ProgramError, type ProgramErrorCode } from "./errors.ts";

/**
 * The first rule that a step broke. It counts even if the step caught the error, or ran into
 * another one because of it.
 */
export class Violation {
  readonly #entry: string;
  #first: ProgramError | undefined;

  constructor(entry: string) {
    this.#entry = entry;
  }

  get first(): ProgramError | undefined {
    return this.#first;
  }

  /** The error to throw. */
  report(code: ProgramErrorCode, message: string): ProgramError {
    this.#first ??= new ProgramError(code, message, { entry: this.#entry });
    return this.#first;
  }
}
