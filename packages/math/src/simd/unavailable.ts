import { SdError } from "../errors.ts";

/**
 * This engine cannot run the SIMD kernels; code `"SIMD_UNAVAILABLE"`.
 *
 * The kernels of `@sd/math/kernels` run everywhere. `cause` is the engine's own error where it has
 * SIMD but refuses the module, as under a content security policy without `wasm-unsafe-eval`.
 */
export class SimdUnavailableError extends SdError {
  constructor(functionName: string, expectation: string, cause?: unknown) {
    super("SIMD_UNAVAILABLE", functionName, "WebAssembly", expectation);
    this.name = "SimdUnavailableError";
    if (cause !== undefined) this.cause = cause;
  }
}
