// The threads of tfjs's wasm module under Node: running and ready before the module asks for them.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { WasmMemory, WasmModule } from "./web-assembly.ts";

/** What a thread of Emscripten's is told first. */
export interface LoadMessage {
  readonly cmd: "load";
  /** Callbacks of the module that the thread may call: none. */
  readonly handlers: readonly string[];
  /** The file of the module's JavaScript, which the thread evaluates as well. */
  readonly urlOrBlob: string;
  readonly wasmModule: WasmModule;
  readonly wasmMemory: WasmMemory;
}

/**
 * Starts a thread that evaluates `script`, and waits until it has taken in `load`.
 *
 * The wait matters: when the module sets threads to work, it blocks the main thread until they have begun, and the
 * failure of one would go unheard.
 */
export async function startThread(script: string, load: LoadMessage): Promise<Worker> {
  const worker = new Worker(script, { eval: true, execArgv: [], argv: [] });
  const settled = new AbortController();
  try {
    worker.postMessage(load);
    const ended = once(worker, "exit", settled).then(([code]) => {
      throw new Error(`a thread ended with code ${code} when it should have begun`);
    });
    await Promise.race([once(worker, "message", settled), ended]);
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    settled.abort();
  }
  return worker;
}

type Listener = (data: unknown) => void;

/**
 * What the module's JavaScript takes for a `Worker`. It makes eight before it knows how many threads are wanted; one of
 * the running threads stands behind it only from the moment it is told to run.
 */
export class PoolThread {
  readonly #running: Worker[];
  readonly #listeners: [event: string, listener: Listener][] = [];
  #worker: Worker | undefined;

  /** @param running - Threads that have taken in the load message; each is used once. */
  constructor(running: Worker[]) {
    this.#running = running;
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
  }

  postMessage(message: { readonly cmd?: string }): void {
    if (message.cmd === "load") this.#answer({ cmd: "loaded" });
    else this.#thread().postMessage(message);
  }

  #answer(data: object): void {
    for (const [event, listener] of this.#listeners) if (event === "message") listener(data);
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#running.pop();
    if (worker === undefined)
      throw new Error("the wasm module wants more threads than were started");
    for (const [event, listener] of this.#listeners) worker.on(event, listener);
    // A listener for messages holds the process.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  /** A thread waits for work until the process ends, and must not keep it from ending. */
  ref(): void {}
  unref(): void {}

  terminate(): void {
    void this.#worker?.terminate();
  }
}
