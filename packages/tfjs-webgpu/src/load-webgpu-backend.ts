import * as tf from "@tensorflow/tfjs";
import { WebgpuError } from "./errors.ts";
import { type Adapter, type Device, findGpu, type Gpu, withNavigatorGpu } from "./gpu.ts";
import { refuseAfterFailure } from "./refuse-after-failure.ts";

/** How to load the backend. */
export interface WebgpuBackendOptions {
  /**
   * Take a driver that computes on the processor where there is no other. It is slower than tfjs's
   * WebAssembly backend, and good to test with.
   *
   * @defaultValue false
   */
  readonly allowSoftware?: boolean;
}

/** What the loaded backend runs on. */
export interface WebgpuBackend {
  /** In words, for a log: `"WebGPU, mesa software (llvmpipe: Mesa 25.0.7)"`. */
  readonly device: string;
  /** Whether the driver computes on the processor instead of a GPU. */
  readonly software: boolean;
  /** Removes the backend with all its tensors, and gives the device back. */
  readonly close: () => void;
}

const BACKEND = "webgpu";

/** What the backend makes use of beyond the least that every device has. */
const LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

let loaded: WebgpuBackend | undefined;

/**
 * Makes `webgpu` the backend of `@tensorflow/tfjs`.
 *
 * The adapter comes from `navigator.gpu` where the runtime or the program has one, else from the
 * package `webgpu`, an optional peer dependency: Dawn, the WebGPU of Chromium, for Node. A backend
 * of that name that was registered before is replaced.
 *
 * Values are read with `await tensor.data()`: under Node there is no `dataSync()` of what the
 * device computed. A device tells its errors late and computes zeros from then on; every read then
 * fails with `ERR_DEVICE`.
 *
 * @param options - Whether a software driver will do.
 * @returns What it runs on, and how to let go of it. Calling it again gives the same.
 * @throws {@link WebgpuError} `ERR_MISSING_PACKAGE`, `ERR_NO_ADAPTER`, `ERR_SOFTWARE_ADAPTER` or
 * `ERR_DEVICE`.
 *
 * @example
 * ```ts
 * import { loadWebgpuBackend } from "@sd/tfjs-webgpu";
 * import * as tf from "@tensorflow/tfjs";
 *
 * const { close } = await loadWebgpuBackend({ allowSoftware: true });
 * const sum = await tf.add(1, 2).data();
 * console.log(tf.getBackend(), sum[0]); // webgpu 3
 * close();
 * ```
 */
export async function loadWebgpuBackend({
  allowSoftware = false,
}: WebgpuBackendOptions = {}): Promise<WebgpuBackend> {
  if (loaded !== undefined) {
    if (loaded.software && !allowSoftware) throw softwareOnly(loaded.device);
    await tf.setBackend(BACKEND);
    return loaded;
  }
  const gpu = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    throw new WebgpuError("ERR_NO_ADAPTER", "no driver of this machine offers an adapter");
  }
  const device = inWords(adapter);
  const software = adapter.info.isFallbackAdapter === true;
  if (software && !allowSoftware) throw softwareOnly(device);
  const release = await open(gpu, adapter);
  const backend = { device, software, close };
  function close(): void {
    if (loaded !== backend) return;
    loaded = undefined;
    release();
  }
  loaded = backend;
  return backend;
}

function inWords({ info }: Adapter): string {
  const { vendor, architecture, description } = info;
  return `WebGPU, ${[vendor, architecture].filter(Boolean).join(" ")} (${description})`;
}

const softwareOnly = (device: string): WebgpuError =>
  new WebgpuError(
    "ERR_SOFTWARE_ADAPTER",
    `expected a GPU, or \`allowSoftware\` to be true, got only a software driver: ${device}`,
  );

/** Sets the backend on a device of its own; returns what removes both. */
async function open(gpu: Gpu, adapter: Adapter): Promise<() => void> {
  const device = await openDevice(adapter);
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  // Where there is a `navigator.gpu`, importing it registers a backend on a device of tfjs's choice.
  if (tf.findBackendFactory(BACKEND) !== null) tf.removeBackend(BACKEND);
  const backend = withNavigatorGpu(
    gpu,
    () => new WebGPUBackend(device as never, adapter.info as never),
  );
  refuseAfterFailure(backend, device);
  tf.registerBackend(BACKEND, () => backend);
  await tf.setBackend(BACKEND);
  return () => {
    tf.removeBackend(BACKEND);
    device.destroy();
  };
}

async function openDevice(adapter: Adapter): Promise<Device> {
  const { features, limits } = adapter;
  // For tfjs's profiler.
  const requiredFeatures = ["timestamp-query"].filter((feature) => features.has(feature));
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, limits[name]]));
  try {
    return await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (cause) {
    const { message } = cause as Error;
    throw new WebgpuError("ERR_DEVICE", `the adapter opens no device: ${message}`, { cause });
  }
}
