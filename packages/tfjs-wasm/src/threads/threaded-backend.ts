// tfjs's wasm backend with threads, which tfjs declines to load under Node.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import type { Worker } from "node:worker_threads";
import { BackendWasm, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { type LoadMessage, PoolThread, startThread } from "./pool-thread.ts";
import {
  type WasmInstance,
  type WasmMemory,
  type WasmModule,
  WebAssembly,
} from "./web-assembly.ts";

/** How many threads the module computes with at most, the main thread included. */
export const MAXIMUM_THREADS = 8;

type BackendModule = ConstructorParameters<typeof BackendWasm>[0];
type Call = (...args: number[]) => number;

/** The module as Emscripten's JavaScript makes it. */
interface EmscriptenModule {
  cwrap(name: string, returned: "number" | null, args: readonly "number"[]): Call;
}

type Factory = (options: {
  readonly wasmMemory: WasmMemory;
  readonly instantiateWasm: (
    imports: object,
    receive: (instance: WasmInstance, module: WasmModule) => void,
  ) => object;
}) => Promise<EmscriptenModule>;

const NAME = "tfjs-backend-wasm-threaded-simd";
/** As the module is built: 16 MB, which may grow to 4 GB. */
const MEMORY = { initial: 256, maximum: 65_536, shared: true };

/**
 * The backend from the files of `folder`, with `threads − 1` threads beside the main thread, which are running.
 *
 * @param threads - From 2 to {@link MAXIMUM_THREADS}.
 * @throws {Error} When a file is missing, the memory cannot be reserved or a thread does not start.
 */
export async function startThreadedBackend(folder: string, threads: number): Promise<BackendWasm> {
  const require = createRequire(import.meta.url);
  const file = (name: string): string =>
    require.resolve(`@tensorflow/tfjs-backend-wasm/wasm-out/${name}`);
  const wasmModule = await WebAssembly.compile(await readFile(join(folder, `${NAME}.wasm`)));
  const wasmMemory = new WebAssembly.Memory(MEMORY);
  const glue = file(`${NAME}.js`);
  const load: LoadMessage = { cmd: "load", handlers: [], urlOrBlob: glue, wasmModule, wasmMemory };
  // It is the text of a template, and its line breaks stand inside strings.
  const { wasmWorkerContents } = require(file(`${NAME}.worker.js`)) as Record<string, string>;
  const script = wasmWorkerContents!.replaceAll("\n", "\\n");
  const started = await Promise.allSettled(
    Array.from({ length: threads - 1 }, () => startThread(script, load)),
  );
  const running = started.flatMap((s) => (s.status === "fulfilled" ? [s.value] : []));
  try {
    const failure = started.find((s) => s.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    const factory = evaluate(glue, await readFile(glue, "utf8"), require, running);
    const module = await factory({
      wasmMemory,
      instantiateWasm(imports, receive) {
        receive(new WebAssembly.Instance(wasmModule, imports), wasmModule);
        return {};
      },
    });
    setThreadsCount(threads);
    return new BackendWasm(withFunctions(module));
  } catch (error) {
    await Promise.all(running.map((worker) => worker.terminate()));
    throw error;
  }
}

/**
 * Emscripten's JavaScript, a CommonJS module, evaluated with names of ours in the place of Node's: threads that are running
 * already; a process on which it cannot leave listeners that turn every rejection into a crash; as many processors as make
 * the module, which takes half of them at most, use all threads.
 */
function evaluate(
  file: string,
  source: string,
  require: NodeJS.Require,
  running: readonly Worker[],
): Factory {
  const { versions, hrtime } = process;
  const processors = Array.from({ length: 2 * (running.length + 1) });
  const unused = [...running];
  const module: { exports: unknown } = { exports: {} };
  const names = {
    module,
    exports: module.exports,
    require: (name: string): unknown =>
      name === "os" ? { cpus: () => processors } : require(name),
    __filename: file,
    __dirname: dirname(file),
    process: { versions, hrtime, argv: [], listeners: () => [], on() {}, removeListener() {} },
    global: {},
    Worker: class extends PoolThread {
      constructor() {
        super(unused);
      }
    },
  };
  compileFunction(source, Object.keys(names), { filename: file })(...Object.values(names));
  return module.exports as Factory;
}

/** The module with the functions that tfjs's own loader gives it. */
function withFunctions(module: EmscriptenModule): BackendModule {
  const call = (name: string, args: number, returned: "number" | null = null): Call =>
    module.cwrap(name, returned, Array<"number">(args).fill("number"));
  const tfjs = {
    init: call("init", 0),
    initWithThreadsCount: call("init_with_threads_count", 1),
    getThreadsCount: call("get_threads_count", 0, "number"),
    registerTensor: call("register_tensor", 3),
    disposeData: call("dispose_data", 1),
    dispose: call("dispose", 0),
  };
  return Object.assign(module, { tfjs }) as unknown as BackendModule;
}
