// The session that a program's recordings run in at the moment. A recording more makes it another one,
// to which the variables' values are carried over.
import { ProgramError } from "./errors.ts";
import type { GraphVariable } from "./graph.ts";
import type { Binding, NodeBackend, TensorMetadata, Values } from "./node-backend.ts";
import type { Recording } from "./recording.ts";
import { Session } from "./session.ts";
import type { VariableSet } from "./variable-set.ts";

/** One session after the other, with the same variables. */
export class LiveSession {
  readonly #backend: NodeBackend;
  readonly #binding: Binding;
  readonly #variables: VariableSet;
  readonly #graphVariables: readonly GraphVariable[];
  #session: Session | undefined;
  #builds = 0;

  constructor(
    backend: NodeBackend,
    variables: VariableSet,
    graphVariables: readonly GraphVariable[],
  ) {
    this.#backend = backend;
    this.#binding = backend.binding;
    this.#variables = variables;
    this.#graphVariables = graphVariables;
  }

  /** How often a graph was built. */
  get builds(): number {
    return this.#builds;
  }

  /** The operations of the graph. */
  get nodes(): number {
    return this.#session?.nodes ?? 0;
  }

  /**
   * Loads a graph of these recordings and carries the values over, the first time those of the
   * `tf.Variable`s; the session before is left if it fails.
   */
  build(recordings: readonly Recording[]): void {
    const before = this.#session;
    const all = this.#variables.all.map((_, i) => i);
    this.call(undefined, () => {
      const next = new Session(this.#binding, this.#graphVariables, recordings);
      try {
        if (before === undefined) {
          next.write(all, this.#backend.getInputTensorIds(this.#variables.all));
        } else {
          const values = before.read(all);
          next.write(
            all,
            values.map(({ id }) => id),
          );
          this.free(values);
        }
      } catch (error) {
        next.dispose();
        throw error;
      }
      this.#session = next;
      this.#builds++;
    });
    before?.dispose();
  }

  /** Replays a recording; the caller frees the result. */
  run(recording: Recording, inputs: readonly number[]): TensorMetadata[] {
    return this.call(recording.entry, () => this.#session!.run(recording, inputs));
  }

  /** Hands `body` the handles of all variables' values while it runs. */
  withValues<T>(body: (handles: readonly number[]) => T): T {
    const values = this.#session!.read(this.#graphVariables.map((_, i) => i));
    try {
      return body(values.map(({ id }) => id));
    } finally {
      this.free(values);
    }
  }

  /** The values of variables, by number. */
  read(variables: readonly number[]): Values[] {
    const results = this.call(undefined, () => this.#session!.read(variables));
    try {
      return results.map(({ id }) => this.#binding.tensorDataSync(id));
    } finally {
      this.free(results);
    }
  }

  /** Sets variables, by number. */
  write(values: ReadonlyMap<number, Values>): void {
    const binding = this.#binding;
    const handles: number[] = [];
    try {
      for (const [i, numbers] of values) {
        const { shape, dtype } = this.#graphVariables[i]!;
        handles.push(binding.createTensor(shape, dtype, numbers));
      }
      this.call(undefined, () => this.#session!.write([...values.keys()], handles));
    } finally {
      for (const handle of handles) binding.deleteTensor(handle);
    }
  }

  free(tensors: readonly TensorMetadata[]): void {
    for (const { id } of tensors) this.#binding.deleteTensor(id);
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
  }

  /** Calls the engine; its errors come back as the program's. */
  call<T>(entry: string | undefined, body: () => T): T {
    // The recorder lends the backend another binding.
    if (this.#backend.binding !== this.#binding) {
      const message = "a program cannot run inside of a step that is being recorded";
      throw new ProgramError("ERR_ENGINE", message, { entry });
    }
    try {
      return body();
    } catch (cause) {
      if (cause instanceof ProgramError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProgramError("ERR_ENGINE", reason, { entry, cause });
    }
  }
}
