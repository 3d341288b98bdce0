// Runs the same computation on tfjs's cpu backend and on the wasm backend.
import * as tf from "@tensorflow/tfjs";
import { wave } from "../../../testing/wave.ts";

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
