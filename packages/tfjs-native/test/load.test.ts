import { doctor, findEngine, formatDoctor, loadNativeBackend } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";

const missing =
  (await findEngine()) === undefined ? "the native engine is not installed" : undefined;

describe("loadNativeBackend", () => {
  test("sets the backend on the tfjs that the caller imports", async (ctx) => {
    if (missing) ctx.skip(missing);
    const engine = await loadNativeBackend();
    expect(engine.tf.Tensor).toBe(tf.Tensor);
    expect(tf.getBackend()).toBe("tensorflow");
    expect(engine.tensorflowVersion).toBe("2.21.0");
    expect(engine.oneDNN).toBe(true);
  });

  test("returns the same engine again", async (ctx) => {
    if (missing) ctx.skip(missing);
    expect(await loadNativeBackend()).toBe(await loadNativeBackend());
  });

  test("computes, differentiates, and runs the kernels that Node 23 broke", async (ctx) => {
    if (missing) ctx.skip(missing);
    await loadNativeBackend();
    const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
    expect([...product.dataSync()]).toEqual([19, 22, 43, 50]);
    const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, -2]));
    expect([...gradient.dataSync()]).toEqual([2, -4]);
    const { values, indices } = tf.topk(tf.tensor1d([3, 1, 2]), 2);
    expect([...values.dataSync(), ...indices.dataSync()]).toEqual([3, 2, 0, 2]);
  });

  test("trains a layers model", async (ctx) => {
    if (missing) ctx.skip(missing);
    await loadNativeBackend();
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ loss: "meanSquaredError", optimizer: tf.train.sgd(0.1) });
    const x = tf.tensor2d([0, 1, 2, 3], [4, 1]);
    const y = tf.tensor2d([1, 3, 5, 7], [4, 1]);
    const history = await model.fit(x, y, { epochs: 60, verbose: 0 });
    expect(history.history.loss?.at(-1)).toBeLessThan(1e-2);
  });
});

describe("the device", () => {
  test("is said, with a reason where it is no GPU", async (ctx) => {
    if (missing) ctx.skip(missing);
    const { device, gpuProblem, flavour } = await loadNativeBackend();
    expect(device === "GPU").toBe(gpuProblem === undefined);
    expect(["cpu", "cuda"]).toContain(flavour);
  });

  test("is an error where it is no GPU and one is required", async (ctx) => {
    if (missing) ctx.skip(missing);
    const { gpuProblem } = await loadNativeBackend();
    if (gpuProblem === undefined) ctx.skip("a GPU is in use");
    await expect(loadNativeBackend({ requireGpu: true })).rejects.toMatchObject({
      code: "GPU_UNAVAILABLE",
      message: `native engine: a GPU is required and none is used: ${gpuProblem}`,
    });
  });

  test("cannot be changed by loading the other build", async (ctx) => {
    if (missing) ctx.skip(missing);
    const { flavour } = await loadNativeBackend();
    await expect(loadNativeBackend({ cuda: flavour === "cpu" })).rejects.toMatchObject({
      code: "LOAD_FAILED",
    });
  });
});

describe("doctor", () => {
  test("agrees with what can be loaded, one line a check", async (ctx) => {
    if (missing) ctx.skip(missing);
    const report = await doctor();
    expect(report.usable).toBe(true);
    const text = formatDoctor(report);
    expect(text.split("\n")).toHaveLength(report.checks.length);
    expect(text).toMatch(/engine loads +TensorFlow 2\.21\.0 on (CPU|GPU), .* \d+ GFLOP\/s/);
    expect(report.device).toMatch(/^(CPU|GPU)$/);
  });
});
