/**
 * A kernel of the wasm backend was asked for a case that it cannot compute correctly, or the backend for what it cannot
 * run with.
 *
 * `code` is `"ERR_UNSUPPORTED_ARGUMENT"`; `kernel` is tfjs's name of the kernel, or `"loadWasmBackend"`, and `argument` the
 * argument at fault, so that a program can tell the cases apart without reading the message.
 */
export class UnsupportedArgumentError extends Error {
  override readonly name: string = "UnsupportedArgumentError";
  readonly code = "ERR_UNSUPPORTED_ARGUMENT";
  readonly kernel: string;
  readonly argument: string;

  constructor(kernel: string, argument: string, detail: string) {
    super(`${kernel}: unsupported \`${argument}\`: ${detail}`);
    this.kernel = kernel;
    this.argument = argument;
  }
}
