import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadWasmBackend, registerTrainingKernels } from "../src/index.ts";

afterEach(() => vi.restoreAllMocks());

describe("loadWasmBackend", () => {
  test("says what it runs on", async () => {
    const backend = await loadWasmBackend();
    expect(tf.getBackend()).toBe("wasm");
    expect(backend).toEqual({ device: "WebAssembly, SIMD, 1 thread", simd: true, threads: 1 });
  });

  test("may be called again, and after another backend", async () => {
    await tf.setBackend("cpu");
    await loadWasmBackend();
    expect(tf.getBackend()).toBe("wasm");
  });
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
