export { WebgpuError, type WebgpuErrorCode } from "./errors.ts";
export {
  loadWebgpuBackend,
  type WebgpuBackend,
  type WebgpuBackendOptions,
} from "./load-webgpu-backend.ts";
