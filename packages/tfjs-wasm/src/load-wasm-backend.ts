import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, sep } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { type BackendWasm, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { UnsupportedArgumentError } from "./errors.ts";
import { registerTrainingKernels } from "./register-training-kernels.ts";
import { MAXIMUM_THREADS, startThreadedBackend } from "./threads/threaded-backend.ts";

/** How to load the backend. */
export interface WasmBackendOptions {
  /**
   * The folder of the backend's `.wasm` files, absolute.
   *
   * @defaultValue the folder of the installed `@tensorflow/tfjs-backend-wasm`
   */
  readonly folder?: string | undefined;
  /**
   * How many threads compute, of which 8 at most are used; a process has one number, fixed when the backend starts.
   *
   * @defaultValue one a core
   */
  readonly threads?: number | undefined;
}

/** What the loaded backend runs on. */
export interface WasmBackend {
  /** In words, for a log: `"WebAssembly, SIMD, 2 threads"`. */
  readonly device: string;
  /** Whether the processor's vector instructions are in use. */
  readonly simd: boolean;
  /** How many threads compute, the main thread included. */
  readonly threads: number;
  /** Why there is only one thread, where more were wanted. */
  readonly threadsProblem?: string;
}

/** tfjs's own for this backend. */
const PRIORITY = 2;

/** Of the backend of this process. */
let threadsProblem: string | undefined;

/**
 * Makes `wasm` the backend of `@tensorflow/tfjs`, able to train.
 *
 * Where threads do not start, it computes with one and says why in `threadsProblem`.
 *
 * @param options - Where its files are, and how many threads compute.
 * @returns What it runs on.
 * @throws {UnsupportedArgumentError} `threads` that is not a positive integer, or not what a backend that is running
 * already computes with.
 * @throws {Error} When the backend does not start, for example because `folder` holds no `.wasm`
 * file.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { loadWasmBackend } from "@sd/tfjs-wasm";
 *
 * const { threads } = await loadWasmBackend({ threads: 1 });
 * console.log(tf.getBackend(), threads); // wasm 1
 * ```
 */
export async function loadWasmBackend({
  folder,
  threads,
}: WasmBackendOptions = {}): Promise<WasmBackend> {
  const whole = threads === undefined || (Number.isSafeInteger(threads) && threads >= 1);
  if (!whole) refuseThreads(threads, "a positive integer");
  const files = folder ?? installedFolder();
  const wanted = Math.min(threads ?? availableParallelism(), MAXIMUM_THREADS);
  registerTrainingKernels();
  if (tf.engine().registry.wasm === undefined) await prepare(files, wanted);
  if (!(await tf.setBackend("wasm"))) {
    throw new Error(`loadWasmBackend: the wasm backend did not start from ${files}`);
  }
  const simd = Boolean(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"));
  const running = (tf.backend() as BackendWasm).wasm.tfjs.getThreadsCount();
  const fits = threads === undefined || wanted === running || threadsProblem !== undefined;
  if (!fits) refuseThreads(threads, `${running}, which this process has been running with`);
  const count = `${running} thread${running === 1 ? "" : "s"}`;
  const device = `WebAssembly${simd ? ", SIMD" : ""}, ${count}`;
  return { device, simd, threads: running, ...(threadsProblem && { threadsProblem }) };
}

/** Sees to it that the backend, when it is set, starts from these files with that many threads, or with one. */
async function prepare(files: string, threads: number): Promise<void> {
  setWasmPaths(files.endsWith(sep) ? files : files + sep);
  threadsProblem = undefined;
  if (threads === 1) return;
  try {
    const backend = await startThreadedBackend(files, threads);
    if (tf.engine().backendNames().includes("wasm")) tf.removeBackend("wasm");
    tf.registerBackend("wasm", () => backend, PRIORITY);
  } catch (error) {
    threadsProblem = `its threads did not start: ${(error as Error).message}`;
  }
}

function refuseThreads(threads: number | undefined, expected: string): never {
  throw new UnsupportedArgumentError(
    "loadWasmBackend",
    "threads",
    `expected ${expected}, got ${threads}`,
  );
}

const installedFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
