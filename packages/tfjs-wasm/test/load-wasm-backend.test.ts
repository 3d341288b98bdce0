import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadWasmBackend, registerTrainingKernels } from "../src/index.ts";

afterEach(() => vi.restoreAllMocks());

describe("loadWasmBackend", () => {
  test("says what it runs on", async () => {
    const backend = await loadWasmBackend({ threads: 2 });
    expect(tf.getBackend()).toBe("wasm");
    expect(backend).toEqual({ device: "WebAssembly, SIMD, 2 threads", simd: true, threads: 2 });
  });

  test("may be called again, and after another backend", async () => {
    await tf.setBackend("cpu");
    expect((await loadWasmBackend()).threads).toBe(2);
    expect(tf.getBackend()).toBe("wasm");
  });

  test.each([0, 1.5, -1, Number.NaN])("refuses %d threads", async (threads) => {
    const message = `unsupported \`threads\`: expected a positive integer, got ${threads}`;
    const refusal = { code: "ERR_UNSUPPORTED_ARGUMENT", argument: "threads" };
    await expect(loadWasmBackend({ threads })).rejects.toThrow(message);
    await expect(loadWasmBackend({ threads })).rejects.toMatchObject(refusal);
  });

  test("refuses another number of threads than it has", async () => {
    await expect(loadWasmBackend({ threads: 3 })).rejects.toThrow(
      "expected 2, which this process has been running with, got 3",
    );
  });
});

test("once removed, the backend may be loaded with another number of threads", async () => {
  await loadWasmBackend({ threads: 2 });
  tf.removeBackend("wasm");
  expect((await loadWasmBackend({ threads: 3 })).threads).toBe(3);
  const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
  expect([...gradient.dataSync()]).toEqual([2, 4]);
});

describe("registerTrainingKernels", () => {
  test("changes nothing when called again", async () => {
    registerTrainingKernels();
    const kernel = tf.getKernel("BatchMatMul", "wasm");
    registerTrainingKernels();
    expect(tf.getKernel("BatchMatMul", "wasm")).toBe(kernel);
  });

  test("keeps the set-up of the kernels that it wraps", () => {
    registerTrainingKernels();
    for (const name of ["Conv2D", "FusedConv2D", "Conv2DBackpropInput", "BatchMatMul"]) {
      expect(tf.getKernel(name, "wasm").setupFunc).toBeTypeOf("function");
    }
  });
});
