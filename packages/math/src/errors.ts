const MARK: unique symbol = Symbol.for("@sd/error");

/**
 * What every checked function of the `@sd` packages throws.
 *
 * `code` says what is wrong, `argument` names the argument at fault and `functionName` the function
 * that was called. An error of another copy of this package is not `instanceof SdError`, so test
 * with {@link isSdError}.
 */
export class SdError extends Error {
  readonly code: string;
  readonly functionName: string;
  readonly argument: string;

  /**
   * @param code - A constant in capitals, such as `"SHAPE"`.
   * @param functionName - The public function that was called.
   * @param argument - The argument at fault; options as `options.out`.
   * @param expectation - What follows ``expected `argument` `` in the message: "to be …, got …".
   */
  constructor(code: string, functionName: string, argument: string, expectation: string) {
    super(`${functionName}: expected \`${argument}\` ${expectation}`);
    this.name = "SdError";
    this.code = code;
    this.functionName = functionName;
    this.argument = argument;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/** A length or a shape does not fit the others; code `"SHAPE"`. */
export class ShapeError extends SdError {
  constructor(functionName: string, argument: string, expectation: string) {
    super("SHAPE", functionName, argument, expectation);
    this.name = "ShapeError";
  }
}

/** A value lies outside the function's domain; code `"DOMAIN"`. */
export class DomainError extends SdError {
  constructor(functionName: string, argument: string, expectation: string) {
    super("DOMAIN", functionName, argument, expectation);
    this.name = "DomainError";
  }
}

/** A value has the wrong type; code `"TYPE_MISMATCH"`. */
export class TypeMismatchError extends SdError {
  constructor(functionName: string, argument: string, expectation: string) {
    super("TYPE_MISMATCH", functionName, argument, expectation);
    this.name = "TypeMismatchError";
  }
}

/**
 * Tells whether `x` is an {@link SdError}, also when another copy of this package made it.
 *
 * @param x - Anything, typically what a `catch` received.
 * @returns True for errors of the `@sd` packages.
 *
 * @example
 * ```ts
 * import { isSdError, softmax } from "@sd/math";
 *
 * try {
 *   softmax(Float64Array.of(1, 2, 3), [2, 3]);
 * } catch (error) {
 *   if (isSdError(error)) console.log(error.code, error.message); // SHAPE softmax: expected `logits` to have length 6 for shape [2, 3], got 3
 * }
 * ```
 */
export function isSdError(x: unknown): x is SdError {
  return x instanceof Error && (x as { [MARK]?: unknown })[MARK] === true;
}
