import { loadWebgpuBackend, WebgpuError } from "@sd/tfjs-webgpu";

/** Why tests of WebGPU are skipped here; undefined where there is an adapter, be it a software driver. */
export const missingWebgpu: string | undefined = await loadWebgpuBackend({
  allowSoftware: true,
}).then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof WebgpuError) return error.message;
    throw error;
  },
);
