import type * as tf from "@tensorflow/tfjs";
import { type DeclaredShapes, withHandles } from "./array-inputs.ts";
import { exportRecording } from "./export-recording.ts";
import type { GraphVariable } from "./graph.ts";
import {
  hasSignature,
  InputContract,
  type Signature,
  signatureKey,
  signatureOf,
} from "./inputs.ts";
import { LiveSession } from "./live-session.ts";
import { dtypeNumber, type NodeBackend, type TensorMetadata, type Values } from "./node-backend.ts";
import type { Timing } from "./profile.ts";
import { timeOperations } from "./profile-recording.ts";
import type { Entries, Inputs, ProgramStats, Tensors } from "./program.ts";
import { valueless } from "./recorded-tensors.ts";
import { record } from "./recorder.ts";
import { checkRepeatable, type Recording } from "./recording.ts";
import { Recordings } from "./recordings.ts";
import { rewrite } from "./rewriting/rewrite.ts";
import { ShapeCache } from "./shape-inference.ts";
import type { VariableSet } from "./variable-set.ts";

/** How entries are recorded. */
export interface RecordingOptions {
  /** Entries with inputs that they will be run with. */
  readonly declared: readonly (readonly [string, Signature])[];
  /** By entry. */
  readonly shapes: ReadonlyMap<string, DeclaredShapes>;
  readonly maxGraphs: number;
  /** Entries to compile with XLA. */
  readonly xla: readonly string[];
  /** Whether the variables' values are freed once the program has them. */
  readonly moveValues: boolean;
}

/** An entry at one set of input shapes. */
interface Recorded {
  readonly signature: Signature;
  readonly recording: Recording;
}

/** A program whose steps are recorded and replayed in one session. */
export class RecordedProgram {
  readonly mode = "recorded";
  readonly #backend: NodeBackend;
  readonly #variables: VariableSet;
  readonly #graphVariables: readonly GraphVariable[];
  readonly #entries: Entries;
  readonly #declared: ReadonlyMap<string, DeclaredShapes>;
  readonly #contracts = new Map<string, InputContract>();
  readonly #shapes = new ShapeCache();
  readonly #xla: readonly string[];
  readonly #recordings: Recordings;
  /** What each entry was run with last. */
  readonly #last = new Map<string, Recorded>();
  readonly #session: LiveSession;

  constructor(
    backend: NodeBackend,
    variables: VariableSet,
    entries: Entries,
    { declared, shapes, maxGraphs, xla, moveValues }: RecordingOptions,
  ) {
    this.#backend = backend;
    this.#variables = variables;
    this.#entries = entries;
    this.#declared = shapes;
    this.#xla = xla;
    this.#recordings = new Recordings(Math.max(1, maxGraphs, declared.length));
    this.#graphVariables = variables.all.map(({ shape, dtype }) => ({
      shape,
      dtype: dtypeNumber(dtype)!,
    }));
    this.#session = new LiveSession(backend, variables, this.#graphVariables);
    for (const entry of Object.keys(entries)) this.#contracts.set(entry, new InputContract(entry));
    for (const [entry, signature] of declared) {
      this.#contracts.get(entry)!.check(signature);
      const recording = this.#record(entry, signature);
      this.#recordings.add(signatureKey(entry, signature), recording, () => {});
    }
    this.#session.build(this.#recordings.all());
    if (moveValues) this.#dropValues();
  }

  run(entry: string, inputs: Inputs): Tensors {
    const { recording, results } = this.#run(entry, inputs);
    const outputs = recording.outputs.map(({ name }, i) => [
      name,
      this.#backend.createOutputTensor(results[i]!),
    ]);
    return Object.fromEntries(outputs) as Record<string, tf.Tensor>;
  }

  values(entry: string, inputs: Inputs): Record<string, Values> {
    const { recording, results } = this.#run(entry, inputs);
    const { binding } = this.#backend;
    try {
      const outputs: Record<string, Values> = {};
      for (const [i, { name }] of recording.outputs.entries()) {
        outputs[name] = binding.tensorDataSync(results[i]!.id);
      }
      return outputs;
    } finally {
      this.#session.free(results);
    }
  }

  timeOperations(entry: string, inputs: Inputs): Timing[] {
    const { signature, recording } = this.#recorded(entry, inputs);
    const { binding } = this.#backend;
    return this.#session.call(entry, () =>
      withHandles(this.#backend, inputs, signature, (handles) =>
        this.#session.withValues((variables) => {
          const sources = { inputs: handles, variables };
          return timeOperations(binding, recording, this.#graphVariables, sources);
        }),
      ),
    );
  }

  export(folder: string, entry: string, signature: Signature): void {
    this.#contracts.get(entry)!.check(signature);
    // Who reads the model knows TensorFlow's own operations alone.
    const recording = this.#record(entry, signature, { own: false });
    const values = Object.values(this.read(this.#variables.names));
    exportRecording(folder, recording, this.#graphVariables, values);
  }

  read(names: readonly string[]): Record<string, Values> {
    const values = this.#session.read(names.map((name) => this.#variables.indexOf(name)));
    return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  }

  write(values: ReadonlyMap<string, Values>): void {
    const numbered = [...values].map(
      ([name, numbers]) => [this.#variables.indexOf(name), numbers] as const,
    );
    this.#session.write(new Map(numbered));
  }

  sync(): void {
    this.#variables.checkAlive();
    for (const [name, values] of Object.entries(this.read(this.#variables.names))) {
      this.#variables.assign(name, values);
    }
  }

  stats(): ProgramStats {
    const { nodes, builds } = this.#session;
    return { graphs: this.#recordings.size, nodes, builds };
  }

  dispose(): void {
    this.#session.dispose();
    this.#recordings.clear();
    this.#last.clear();
  }

  #run(entry: string, inputs: Inputs): { recording: Recording; results: TensorMetadata[] } {
    const { signature, recording } = this.#recorded(entry, inputs);
    const results = withHandles(this.#backend, inputs, signature, (handles) =>
      this.#session.run(recording, handles),
    );
    // A step without outputs is represented by one that nobody asked for.
    if (recording.outputs.length === 0) this.#session.free(results.splice(0));
    return { recording, results };
  }

  /** The recording for these inputs, which is made where there is none. */
  #recorded(entry: string, inputs: Inputs): Recorded {
    const last = this.#last.get(entry);
    if (last !== undefined && hasSignature(inputs, last.signature)) return last;
    const signature = signatureOf(entry, inputs, this.#declared.get(entry)!);
    this.#contracts.get(entry)!.check(signature);
    const recorded = { signature, recording: this.#recordingOf(entry, signature) };
    this.#last.set(entry, recorded);
    return recorded;
  }

  #recordingOf(entry: string, signature: Signature): Recording {
    const key = signatureKey(entry, signature);
    const known = this.#recordings.get(key);
    if (known !== undefined) return known;
    const recording = this.#record(entry, signature);
    // Those that are run without being looked up are in use as well.
    for (const [name, last] of this.#last) this.#recordings.get(signatureKey(name, last.signature));
    this.#recordings.add(key, recording, () => this.#session.build(this.#recordings.all()));
    this.#last.clear();
    return recording;
  }

  #record(entry: string, inputs: Signature, { own = true } = {}): Recording {
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
    const xla = this.#xla.includes(entry);
    // XLA compiles TensorFlow's own operations alone.
    const more = own && !xla ? this.#backend.binding.ownOperations : undefined;
    return { ...rewrite(recording, this.#graphVariables, more), xla };
  }

  /** Leaves the `tf.Variable`s without the values that the session has now. */
  #dropValues(): void {
    for (const [i, variable] of this.#variables.all.entries()) {
      const nothing = valueless(this.#backend, variable.shape, this.#graphVariables[i]!.dtype);
      variable.assign(nothing);
      nothing.dispose();
    }
  }
}
