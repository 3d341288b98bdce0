// Sets the engines of the tests, and says why one is missing.
import { loadNativeBackend } from "@sd/tfjs-native";
import { loadWasmBackend } from "@sd/tfjs-wasm";
import * as tf from "@tensorflow/tfjs";
import { beforeEach, type TestContext } from "vitest";

const problem = (error: Error): string => error.message;

/** Why the native engine is not there, or undefined where it is. */
const nativeProblem: string | undefined = await loadNativeBackend().then(() => undefined, problem);

/** Makes every test of this file run on the native engine, or skip with the loader's reason. */
export function onNative(): void {
  beforeEach((context) => use("tensorflow", context));
}

/**
 * Makes a backend the current one; a test that needs the native one is skipped where it is missing.
 */
export async function use(
  backend: "cpu" | "wasm" | "tensorflow",
  context: TestContext,
): Promise<void> {
  if (backend === "wasm") await loadWasmBackend();
  else if (backend === "cpu") await tf.setBackend("cpu");
  else if (nativeProblem !== undefined) context.skip(nativeProblem);
  else await tf.setBackend("tensorflow");
}
