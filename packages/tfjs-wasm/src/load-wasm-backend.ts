import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { getThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { registerTrainingKernels } from "./register-training-kernels.ts";

/** How to load the backend. */
export interface WasmBackendOptions {
  /**
   * The folder of the backend's `.wasm` files, absolute.
   *
   * @defaultValue the folder of the installed `@tensorflow/tfjs-backend-wasm`
   */
  readonly folder?: string;
}

/** What the loaded backend runs on. */
export interface WasmBackend {
  /** In words, for a log: `"WebAssembly, SIMD, 1 thread"`. */
  readonly device: string;
  /** Whether the processor's vector instructions are in use. */
  readonly simd: boolean;
  /** 1 under Node, where tfjs has no threads. */
  readonly threads: number;
}

/**
 * Makes `wasm` the backend of `@tensorflow/tfjs`, able to train.
 *
 * @param options - Where its files are.
 * @returns What it runs on.
 * @throws {Error} When the backend does not start, for example because `folder` holds no `.wasm`
 * file.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { loadWasmBackend } from "@sd/tfjs-wasm";
 *
 * const { threads } = await loadWasmBackend();
 * console.log(tf.getBackend(), threads); // wasm 1
 * ```
 */
export async function loadWasmBackend({ folder }: WasmBackendOptions = {}): Promise<WasmBackend> {
  const files = folder ?? installedFolder();
  if (tf.findBackend("wasm") === null || folder !== undefined) {
    setWasmPaths(files.endsWith(sep) ? files : files + sep);
  }
  registerTrainingKernels();
  if (!(await tf.setBackend("wasm"))) {
    throw new Error(`loadWasmBackend: the wasm backend did not start from ${files}`);
  }
  const simd = Boolean(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"));
  const threads = getThreadsCount();
  const count = `${threads} thread${threads === 1 ? "" : "s"}`;
  return { device: `WebAssembly${simd ? ", SIMD" : ""}, ${count}`, simd, threads };
}

const installedFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
