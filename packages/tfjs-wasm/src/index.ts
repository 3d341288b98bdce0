export { UnsupportedArgumentError } from "./errors.ts";
export { loadWasmBackend, type WasmBackend, type WasmBackendOptions } from "./load-wasm-backend.ts";
export { registerTrainingKernels } from "./register-training-kernels.ts";
