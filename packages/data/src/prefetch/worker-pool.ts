import { Worker } from "node:worker_threads";
import type { ReadRows } from "../row-reader.ts";
import type { ReadReply, ReadRequest, WorkerSetup } from "./messages.ts";
import { PrefetchError } from "./prefetch-error.ts";

interface Pending {
  readonly resolve: (rows: ReadRows) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

const IS_SOURCE = import.meta.url.endsWith(".ts");

/** Beside this file in the sources; in the build everything but the worker is in one folder. */
const WORKER = new URL(IS_SOURCE ? "./worker.ts" : "./prefetch/worker.js", import.meta.url);

// The sources import each other's sources.
const SOURCE_FLAGS = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Threads that read batches. They keep no process alive but while somebody waits for them. */
export class WorkerPool {
  readonly #members: readonly Member[];
  #nextId = 0;
  #waiting = 0;
  #end: PrefetchError | undefined;

  constructor(size: number, setup: WorkerSetup) {
    this.#members = Array.from({ length: size }, () => this.#start(setup));
  }

  /** Whether nothing more can be read. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Reads rows in the worker that has the least to do. */
  read(epoch: number, indices: Int32Array): Promise<ReadRows> {
    if (this.#end) return Promise.reject(this.#end);
    const member = this.#members.reduce((a, b) => (b.pending.size < a.pending.size ? b : a));
    const request: ReadRequest = { id: this.#nextId++, epoch, indices };
    const rows = new Promise<ReadRows>((resolve, reject) => {
      member.pending.set(request.id, { resolve, reject });
    });
    member.worker.postMessage(request);
    return rows;
  }

  /** Waits for something that a worker does. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) for (const { worker } of this.#members) worker.ref();
    try {
      return await promise;
    } finally {
      if (--this.#waiting === 0) for (const { worker } of this.#members) worker.unref();
    }
  }

  /** Ends the workers; what they have not read is refused with `reason`. */
  async close(reason: PrefetchError = new PrefetchError("the loader was closed")): Promise<void> {
    this.#end ??= reason;
    for (const { pending } of this.#members) {
      for (const { reject } of pending.values()) reject(this.#end);
      pending.clear();
    }
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  #start(setup: WorkerSetup): Member {
    const options = { workerData: setup, ...(IS_SOURCE ? { execArgv: SOURCE_FLAGS } : {}) };
    const worker = new Worker(WORKER, options);
    const member: Member = { worker, pending: new Map() };
    const fail = (cause: unknown): void => {
      const reason = `a worker ended: ${messageOf(cause)}`;
      void this.close(new PrefetchError(reason, { cause }));
    };
    worker.on("message", (reply: ReadReply) => {
      const pending = member.pending.get(reply.id);
      member.pending.delete(reply.id);
      if ("rows" in reply) pending?.resolve(reply.rows);
      else pending?.reject(new PrefetchError(messageOf(reply.error), { cause: reply.error }));
    });
    worker.on("messageerror", fail);
    worker.on("error", fail);
    worker.on("exit", (code) => fail(`exit code ${code}`));
    worker.unref();
    return member;
  }
}
