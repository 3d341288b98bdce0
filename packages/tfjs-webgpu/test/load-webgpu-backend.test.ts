import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Adapter } from "../src/gpu.ts";
import { loadWebgpuBackend, WebgpuError } from "../src/index.ts";

afterEach(() => vi.unstubAllGlobals());

const SOFTWARE = { vendor: "mesa", architecture: "software", description: "a driver" };

/** Makes `adapter` what `navigator.gpu` hands out. */
function offer(adapter: Partial<Adapter> | null): void {
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
}

const failure = (options?: { allowSoftware: boolean }): Promise<unknown> =>
  loadWebgpuBackend(options).catch((error: unknown) => error);

describe("without a device, with a fake navigator.gpu", () => {
  test("no adapter", async () => {
    offer(null);
    const error = await failure();
    expect(error).toBeInstanceOf(WebgpuError);
    expect(error).toMatchObject({ name: "WebgpuError", code: "ERR_NO_ADAPTER" });
    expect((error as Error).message).toBe("WebGPU: no driver of this machine offers an adapter");
  });

  test("a software driver is taken only where it is allowed", async () => {
    const requestDevice = vi.fn().mockRejectedValue(new Error("out of devices"));
    const info = { ...SOFTWARE, isFallbackAdapter: true };
    offer({ info, features: new Set(), limits: {}, requestDevice });
    expect(await failure()).toMatchObject({
      code: "ERR_SOFTWARE_ADAPTER",
      message:
        "WebGPU: expected a GPU, or `allowSoftware` to be true, got only a software driver: " +
        "WebGPU, mesa software (a driver)",
    });
    expect(requestDevice).not.toHaveBeenCalled();
    expect(await failure({ allowSoftware: true })).toMatchObject({ code: "ERR_DEVICE" });
    expect(requestDevice).toHaveBeenCalledOnce();
  });

  test("an adapter that opens no device; it is asked for what the adapter has", async () => {
    const cause = new Error("out of devices");
    const requestDevice = vi.fn().mockRejectedValue(cause);
    const limits = { maxBufferSize: 10, maxTextureDimension1D: 20 };
    offer({ info: SOFTWARE, features: new Set(["timestamp-query"]), limits, requestDevice });
    expect(await failure()).toMatchObject({
      code: "ERR_DEVICE",
      message: "WebGPU: the adapter opens no device: out of devices",
      cause,
    });
    const descriptor = requestDevice.mock.calls[0]![0];
    expect(descriptor.requiredFeatures).toEqual(["timestamp-query"]);
    expect(descriptor.requiredLimits).toMatchObject({ maxBufferSize: 10 });
    expect(descriptor.requiredLimits).not.toHaveProperty("maxTextureDimension1D");
  });

  test("another backend stays what it was", async () => {
    await tf.setBackend("cpu");
    offer(null);
    await failure();
    expect(tf.getBackend()).toBe("cpu");
  });
});

/** Loads the backend in a process in which importing the package `webgpu` throws `thrown`. */
async function withoutPackage(thrown: string): Promise<{ code: string; message: string }> {
  const hooks = `export const resolve = (specifier, context, next) => {
    if (specifier === "webgpu") throw ${thrown};
    return next(specifier, context);
  }`;
  const script = `
    import { register } from "node:module";
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});
    const { loadWebgpuBackend } = await import("${new URL("../src/index.ts", import.meta.url)}");
    const { code, message } = await loadWebgpuBackend().catch((error) => error);
    process.stdout.write(JSON.stringify({ code, message }));`;
  const flags = ["--no-warnings", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return JSON.parse(stdout);
}

describe("where the package `webgpu`", () => {
  test("is not installed, the error says what to install", async () => {
    const missing = 'Object.assign(new Error("x"), { code: "ERR_MODULE_NOT_FOUND" })';
    const { code, message } = await withoutPackage(missing);
    expect(code).toBe("ERR_MISSING_PACKAGE");
    expect(message).toContain("npm install webgpu");
  });

  test("has no binary for the machine, the error gives the reason", async () => {
    const { code, message } = await withoutPackage('new Error("wrong ELF class")');
    expect(code).toBe("ERR_MISSING_PACKAGE");
    expect(message).toBe(
      "WebGPU: the package `webgpu` does not load on this machine: wrong ELF class",
    );
  });
});
