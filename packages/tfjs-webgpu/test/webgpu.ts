// Runs tests on WebGPU, where there is an adapter, be it a software driver.
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeEach, describe, expect } from "vitest";
import { wave } from "../../../testing/wave.ts";
import { loadWebgpuBackend, type WebgpuBackend, WebgpuError } from "../src/index.ts";

const found: WebgpuBackend | WebgpuError = await loadWebgpuBackend({ allowSoftware: true }).catch(
  (error: unknown) => {
    if (error instanceof WebgpuError) return error;
    throw error;
  },
);

/** Why no test can run on WebGPU here; undefined where they can. */
export const problem: string | undefined = found instanceof WebgpuError ? found.message : undefined;

/** Declares tests that are skipped, with the reason, where there is no adapter. */
export function onWebgpu(what: string, body: () => void): void {
  const where = found instanceof WebgpuError ? `skipped: ${problem}` : found.device;
  describe(`${what} (${where})`, () => {
    beforeEach(async (context) => {
      if (problem !== undefined) context.skip(problem);
      await loadWebgpuBackend({ allowSoftware: true });
    });
    afterAll(() => {
      if (!(found instanceof WebgpuError)) found.close();
    });
    body();
  });
}

export const tensor = (shape: readonly number[], seed?: number): tf.Tensor =>
  tf.tensor(wave(shape, seed), [...shape]);

export const tensor4d = (shape: readonly number[], seed?: number): tf.Tensor4D =>
  tensor(shape, seed) as tf.Tensor4D;

async function valuesOn(backend: "cpu" | "webgpu", compute: () => readonly tf.Tensor[]) {
  await tf.setBackend(backend);
  const tensors = tf.tidy(() => [...compute()]);
  const values = await Promise.all(
    tensors.map(async (t) => ({ shape: t.shape, values: (await t.data()) as Float32Array })),
  );
  tf.dispose(tensors);
  return values;
}

/**
 * Computes the same on both backends, without the operations on small tensors that the backend
 * hands to the processor, and compares.
 */
export async function expectSameAsCpu(
  compute: () => readonly tf.Tensor[],
  // float32 sums of a few hundred products in another order
  tolerance: { readonly rtol: number; readonly atol: number } = { rtol: 1e-4, atol: 2e-5 },
): Promise<void> {
  const expected = await valuesOn("cpu", compute);
  const forwards = tf.env().getBool("WEBGPU_CPU_FORWARD");
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  try {
    const before = tf.memory().numTensors;
    const actual = await valuesOn("webgpu", compute);
    expect(tf.memory().numTensors).toBe(before);
    expect(actual.map((t) => t.shape)).toEqual(expected.map((t) => t.shape));
    for (const [i, { values }] of expected.entries()) {
      expect(actual[i]!.values).toBeAllclose(values, tolerance);
    }
  } finally {
    tf.env().set("WEBGPU_CPU_FORWARD", forwards);
  }
}

/** Σ cos(f(…)) gives every output a weight of its own. Compares the gradient in each input as well. */
export const expectSameGradients = (
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  ...shapes: readonly (readonly number[])[]
): Promise<void> =>
  expectSameAsCpu(() => {
    const inputs = shapes.map((shape, i) => tensor(shape, i + 1));
    return [f(...inputs), ...tf.grads((...x) => tf.sum(tf.cos(f(...x))))(inputs)];
  });
