// The backend on a real adapter, from opening to letting go.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadWebgpuBackend } from "../src/index.ts";
import { onWebgpu } from "./webgpu.ts";

const load = () => loadWebgpuBackend({ allowSoftware: true });
const product = (size: number) =>
  tf.tidy(() => tf.matMul(tf.ones([size, size]), tf.ones([size, size])));

onWebgpu("the loaded backend", () => {
  test("is tfjs's current one, and the same when it is loaded again", async () => {
    const backend = await load();
    expect(tf.getBackend()).toBe("webgpu");
    expect(backend.device).toMatch(/^WebGPU, .+ \(.+\)$/);
    await tf.setBackend("cpu");
    expect(await load()).toBe(backend);
    expect(tf.getBackend()).toBe("webgpu");
  });

  test("a software driver that is open is still refused where it is not allowed", async () => {
    const { software } = await load();
    const again = loadWebgpuBackend();
    if (software) await expect(again).rejects.toMatchObject({ code: "ERR_SOFTWARE_ADAPTER" });
    else await expect(again).resolves.toMatchObject({ software: false });
  });

  test("leaves no `navigator.gpu` behind", async () => {
    await load();
    expect(globalThis.navigator).not.toHaveProperty("gpu");
  });

  test("is gone after close, and comes back with another device", async () => {
    const first = await load();
    first.close();
    first.close();
    expect(tf.findBackendFactory("webgpu")).toBeNull();
    const second = await load();
    expect(second).not.toBe(first);
    first.close();
    expect(tf.getBackend()).toBe("webgpu");
    const y = product(40);
    expect((await y.data())[5]).toBe(40);
    y.dispose();
  });

  test("refuses to give values after the device had an error", async () => {
    const { close } = await load();
    const { maxBufferSize } = (tf.backend() as unknown as { device: GPUDevice }).device.limits;
    // More rows than a buffer holds, of which nothing is computed.
    const wide = Math.ceil(Math.sqrt(maxBufferSize / 4)) + 64;
    const sum = tf.tidy(() => tf.sum(tf.matMul(tf.ones([wide, 1]), tf.ones([1, wide]))));
    await expect(sum.data()).rejects.toMatchObject({ code: "ERR_DEVICE" });
    close();
    await load();
    const y = product(40);
    expect((await y.data())[5]).toBe(40);
    y.dispose();
  });
});

onWebgpu("a process", () => {
  test.each(["close();", ""])("ends by itself: %j", async (last) => {
    const script = `
      import { loadWebgpuBackend } from "${new URL("../src/index.ts", import.meta.url)}";
      import * as tf from "@tensorflow/tfjs";
      const { close } = await loadWebgpuBackend({ allowSoftware: true });
      for (let i = 0; i < 20; i++) {
        const y = tf.tidy(() => tf.matMul(tf.ones([40, 40]), tf.ones([40, 40])));
        process.stdout.write((await y.data())[0] + " ");
        y.dispose();
        // Dawn's objects must outlive the collection of what led to them.
        gc();
      }
      ${last}`;
    const flags = ["--expose-gc", "--no-warnings", "--input-type=module", "--eval", script];
    const { stdout } = await promisify(execFile)(process.execPath, flags);
    expect(stdout).toBe("40 ".repeat(20));
  });
});
