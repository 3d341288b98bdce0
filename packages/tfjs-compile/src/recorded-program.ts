import type * as tf from "@tensorflow/tfjs";
import { type ByteShapes, withHandles } from "./byte-inputs.ts";
import { ProgramError } from "./errors.ts";
import { exportRecording } from "./export-recording.ts";
import type { GraphVariable } from "./graph.ts";
import { InputContract, type Signature, signatureKey, signatureOf } from "./inputs.ts";
import {
  type Binding,
  dtypeNumber,
  type NodeBackend,
  type TensorMetadata,
  type Values,
} from "./node-backend.ts";
import type { Timing } from "./profile.ts";
import { timeOperations } from "./profile-recording.ts";
import type { Entries, Inputs, ProgramStats, Tensors } from "./program.ts";
import { record } from "./recorder.ts";
import { checkRepeatable, type Recording } from "./recording.ts";
import { Recordings } from "./recordings.ts";
import { rewrite } from "./rewriting/rewrite.ts";
import { Session } from "./session.ts";
import { ShapeCache } from "./shape-inference.ts";
import type { VariableSet } from "./variable-set.ts";

/** How entries are recorded. */
export interface RecordingOptions {
  /** Entries with inputs that they will be run with. */
  readonly declared: readonly (readonly [string, Signature])[];
  readonly bytes: ReadonlyMap<string, ByteShapes>;
  readonly maxGraphs: number;
  /** Entries to compile with XLA. */
  readonly xla: readonly string[];
}

/** A program whose steps are recorded and replayed in one session. */
export class RecordedProgram {
  readonly mode = "recorded";
  readonly #backend: NodeBackend;
  readonly #binding: Binding;
  readonly #variables: VariableSet;
  readonly #graphVariables: readonly GraphVariable[];
  readonly #entries: Entries;
  readonly #bytes: ReadonlyMap<string, ByteShapes>;
  readonly #contracts = new Map<string, InputContract>();
  readonly #shapes = new ShapeCache();
  readonly #xla: readonly string[];
  readonly #recordings: Recordings;
  #session: Session | undefined;
  #builds = 0;

  constructor(
    backend: NodeBackend,
    variables: VariableSet,
    entries: Entries,
    { declared, bytes, maxGraphs, xla }: RecordingOptions,
  ) {
    this.#backend = backend;
    this.#binding = backend.binding;
    this.#variables = variables;
    this.#entries = entries;
    this.#bytes = bytes;
    this.#xla = xla;
    this.#recordings = new Recordings(Math.max(1, maxGraphs, declared.length));
    this.#graphVariables = variables.all.map(({ shape, dtype }) => ({
      shape,
      dtype: dtypeNumber(dtype)!,
    }));
    for (const entry of Object.keys(entries)) this.#contracts.set(entry, new InputContract(entry));
    for (const [entry, signature] of declared) {
      this.#contracts.get(entry)!.check(signature);
      const recording = this.#record(entry, signature);
      this.#recordings.add(signatureKey(entry, signature), recording, () => {});
    }
    this.#build();
  }

  run(entry: string, inputs: Inputs): Tensors {
    const signature = signatureOf(entry, inputs, this.#bytes.get(entry)!);
    this.#contracts.get(entry)!.check(signature);
    const recording = this.#recordingOf(entry, signature);
    const results = this.#engine(entry, () =>
      withHandles(this.#backend, inputs, signature, (handles) =>
        this.#session!.run(recording, handles),
      ),
    );
    // A step without outputs is represented by one that nobody asked for.
    if (recording.outputs.length === 0) this.#free(results);
    const outputs = recording.outputs.map(({ name }, i) => [
      name,
      this.#backend.createOutputTensor(results[i]!),
    ]);
    return Object.fromEntries(outputs) as Record<string, tf.Tensor>;
  }

  timeOperations(entry: string, inputs: Inputs): Timing[] {
    const signature = signatureOf(entry, inputs, this.#bytes.get(entry)!);
    this.#contracts.get(entry)!.check(signature);
    const recording = this.#recordingOf(entry, signature);
    return this.#engine(entry, () =>
      withHandles(this.#backend, inputs, signature, (handles) => {
        const values = this.#session!.read(this.#graphVariables.map((_, i) => i));
        try {
          const sources = { inputs: handles, variables: values.map(({ id }) => id) };
          return timeOperations(this.#binding, recording, this.#graphVariables, sources);
        } finally {
          this.#free(values);
        }
      }),
    );
  }

  export(folder: string, entry: string, signature: Signature): void {
    this.#contracts.get(entry)!.check(signature);
    const key = signatureKey(entry, signature);
    const recording = this.#recordings.get(key) ?? this.#record(entry, signature);
    const values = Object.values(this.read(this.#variables.names));
    exportRecording(folder, recording, this.#graphVariables, values);
  }

  read(names: readonly string[]): Record<string, Values> {
    const indices = names.map((name) => this.#variables.indexOf(name));
    const results = this.#engine(undefined, () => this.#session!.read(indices));
    try {
      const values = results.map(({ id }) => this.#binding.tensorDataSync(id));
      return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    } finally {
      this.#free(results);
    }
  }

  write(values: ReadonlyMap<string, Values>): void {
    const binding = this.#binding;
    const indices = [...values.keys()].map((name) => this.#variables.indexOf(name));
    const handles: number[] = [];
    try {
      for (const [i, numbers] of [...values.values()].entries()) {
        const { shape, dtype } = this.#graphVariables[indices[i]!]!;
        handles.push(binding.createTensor(shape, dtype, numbers));
      }
      this.#engine(undefined, () => this.#session!.write(indices, handles));
    } finally {
      for (const handle of handles) binding.deleteTensor(handle);
    }
  }

  sync(): void {
    this.#variables.checkAlive();
    for (const [name, values] of Object.entries(this.read(this.#variables.names))) {
      this.#variables.assign(name, values);
    }
  }

  stats(): ProgramStats {
    const { nodes } = this.#session!;
    return { graphs: this.#recordings.size, nodes, builds: this.#builds };
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#recordings.clear();
  }

  #recordingOf(entry: string, signature: Signature): Recording {
    const key = signatureKey(entry, signature);
    const known = this.#recordings.get(key);
    if (known !== undefined) return known;
    const recording = this.#record(entry, signature);
    this.#recordings.add(key, recording, () => this.#build());
    return recording;
  }

  #record(entry: string, inputs: Signature): Recording {
    this.#variables.checkAlive();
    const step = {
      backend: this.#backend,
      entry,
      step: this.#entries[entry]!,
      inputs,
      variables: this.#variables.all,
      shapes: this.#shapes,
    };
    const recording = record(step);
    checkRepeatable(recording, record(step));
    this.#contracts.get(entry)!.accept(inputs);
    return { ...rewrite(recording, this.#graphVariables), xla: this.#xla.includes(entry) };
  }

  /**
   * Loads a graph of all recordings and carries the variables over; the session before is left if
   * it fails.
   */
  #build(): void {
    const recordings = this.#recordings.all();
    const before = this.#session;
    const all = this.#variables.all.map((_, i) => i);
    this.#engine(undefined, () => {
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
          this.#free(values);
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

  #free(tensors: readonly TensorMetadata[]): void {
    for (const { id } of tensors) this.#binding.deleteTensor(id);
  }

  #engine<T>(entry: string | undefined, call: () => T): T {
    // The recorder lends the backend another binding.
    if (this.#backend.binding !== this.#binding) {
      const message = "a program cannot run inside of a step that is being recorded";
      throw new ProgramError("ERR_ENGINE", message, { entry });
    }
    try {
      return call();
    } catch (cause) {
      if (cause instanceof ProgramError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProgramError("ERR_ENGINE", reason, { entry, cause });
    }
  }
}
