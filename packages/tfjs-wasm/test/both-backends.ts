// Runs the same computation on tfjs's cpu backend and on the wasm backend.
import * as tf from "@tensorflow/tfjs";

/** Deterministic values in (−1, 1) without pattern. */
export function wave(shape: readonly number[], seed = 1): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin((i + 1) * (1.3 + seed)) * 0.9);
}

export const tensor4d = (shape: readonly number[], seed?: number): tf.Tensor4D =>
  tf.tensor4d(wave(shape, seed), [...shape] as [number, number, number, number]);

/** The tensors that `compute` returns, as numbers, on the backend of that name. */
export async function valuesOn(
  backend: "cpu" | "wasm",
  compute: () => readonly tf.Tensor[],
): Promise<{ shape: number[]; values: Float32Array }[]> {
  await tf.setBackend(backend);
  return tf.tidy(() =>
    compute().map((t) => ({ shape: t.shape, values: t.dataSync() as Float32Array })),
  );
}
