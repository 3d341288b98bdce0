// Sets the engines of the tests, and says why one is missing.
import { loadNativeBackend } from "@sd/tfjs-native";
import { loadWasmBackend } from "@sd/tfjs-wasm";
import * as tf from "@tensorflow/tfjs";
import { beforeEach } from "vitest";

const problem = (error: Error): string => error.message;

/** Why the native engine is not there, or undefined where it is. */
export const nativeProblem: string | undefined = await loadNativeBackend().then(
  () => undefined,
  problem,
);

/** Makes every test of this file run on the native engine, or skip with the loader's reason. */
export function onNative(): void {
  beforeEach(async (context) => {
    if (nativeProblem !== undefined) context.skip(nativeProblem);
    await tf.setBackend("tensorflow");
  });
}

/** Makes the wasm backend the current one. */
export async function useWasm(): Promise<void> {
  await loadWasmBackend();
}
