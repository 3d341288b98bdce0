/** Why there is no WebGPU to compute with. */
export type WebgpuErrorCode =
  | "ERR_MISSING_PACKAGE"
  | "ERR_NO_ADAPTER"
  | "ERR_SOFTWARE_ADAPTER"
  | "ERR_DEVICE";

/**
 * The one error of this package; `code` says which case it is.
 *
 * - `ERR_MISSING_PACKAGE`: the runtime has no WebGPU, and the package `webgpu` is not installed or
 *   does not load here.
 * - `ERR_NO_ADAPTER`: no driver offers an adapter.
 * - `ERR_SOFTWARE_ADAPTER`: the only adapter is a software driver, which was not allowed.
 * - `ERR_DEVICE`: the device could not be opened, was lost, or reported an error.
 */
export class WebgpuError extends Error {
  override readonly name: string = "WebgpuError";
  readonly code: WebgpuErrorCode;

  constructor(code: WebgpuErrorCode, message: string, options?: ErrorOptions) {
    super(`WebGPU: ${message}`, options);
    this.code = code;
  }
}
