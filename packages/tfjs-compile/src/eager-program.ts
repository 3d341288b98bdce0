import * as tf from "@tensorflow/tfjs";
import { asTensors, type DeclaredShapes } from "./array-inputs.ts";
import { callEntry } from "./call-entry.ts";
import { ProgramError } from "./errors.ts";
import { InputContract, signatureOf } from "./inputs.ts";
import type { Values } from "./node-backend.ts";
import type { Timing } from "./profile.ts";
import type { Entries, Inputs, ProgramStats, Tensors } from "./program.ts";
import type { VariableSet } from "./variable-set.ts";

/** @throws {@link ProgramError} `ERR_SYNC_READ` on WebGPU without the canvas through which tfjs reads. */
function checkSyncReads(instead: "valuesAsync" | "readAsync"): void {
  if (tf.getBackend() !== "webgpu" || "OffscreenCanvas" in globalThis) return;
  const message = `values cannot be read without waiting on WebGPU here: await \`${instead}\``;
  throw new ProgramError("ERR_SYNC_READ", message);
}

/** Reads tensors and disposes them. */
async function takeValues(tensors: Tensors): Promise<Record<string, Values>> {
  try {
    const reading = Object.entries(tensors).map(
      async ([name, tensor]) => [name, ((await tensor.data()) as Values).slice()] as const,
    );
    return Object.fromEntries(await Promise.all(reading));
  } finally {
    tf.dispose(tensors as Record<string, tf.Tensor>);
  }
}

/** A program on an engine that cannot replay: the steps are called. */
export class EagerProgram {
  readonly mode = "eager";
  readonly #variables: VariableSet;
  readonly #entries: Entries;
  readonly #declared: ReadonlyMap<string, DeclaredShapes>;
  readonly #contracts = new Map<string, InputContract>();

  constructor(
    variables: VariableSet,
    entries: Entries,
    declared: ReadonlyMap<string, DeclaredShapes>,
  ) {
    this.#variables = variables;
    this.#entries = entries;
    this.#declared = declared;
    for (const entry of Object.keys(entries)) this.#contracts.set(entry, new InputContract(entry));
  }

  run(entry: string, inputs: Inputs): Tensors {
    const signature = signatureOf(entry, inputs, this.#declared.get(entry)!);
    const contract = this.#contracts.get(entry)!;
    contract.check(signature);
    this.#variables.checkAlive();
    const outputs = tf.tidy(() => {
      const tensors = asTensors(inputs, signature);
      const results = callEntry(entry, this.#entries[entry]!, tensors);
      // An output may be an input or a variable itself, which disposing the output must not touch.
      const taken = new Set<tf.Tensor>([...Object.values(tensors), ...this.#variables.all]);
      const outputs: Record<string, tf.Tensor> = {};
      for (const [name, tensor] of Object.entries(results)) {
        outputs[name] = taken.has(tensor) ? tf.clone(tensor) : tensor;
        taken.add(tensor);
      }
      return outputs;
    });
    contract.accept(signature);
    return outputs;
  }

  values(entry: string, inputs: Inputs): Record<string, Values> {
    checkSyncReads("valuesAsync");
    const outputs = this.run(entry, inputs);
    const values = Object.entries(outputs).map(([name, tensor]) => [
      name,
      (tensor.dataSync() as Values).slice(),
    ]);
    tf.dispose(outputs);
    return Object.fromEntries(values);
  }

  async valuesAsync(entry: string, inputs: Inputs): Promise<Record<string, Values>> {
    return takeValues(this.run(entry, inputs));
  }

  /** What each kernel of a step takes; the variables are put back afterwards. */
  async timeOperations(entry: string, inputs: Inputs): Promise<Timing[]> {
    this.#variables.checkAlive();
    const { all } = this.#variables;
    const before = all.map((variable) => tf.keep(tf.clone(variable)));
    try {
      const { kernels } = await tf.profile(() => {
        tf.dispose(this.run(entry, inputs));
        return {};
      });
      return kernels.map(({ name, kernelTimeMs }) => ({
        operation: name,
        milliseconds: Number(kernelTimeMs),
      }));
    } finally {
      for (const [i, variable] of all.entries()) variable.assign(before[i]!);
      tf.dispose(before);
    }
  }

  export(_folder: string, entry: string): never {
    const message = "a step that is called has no graph; it takes tfjs-node's backend to record it";
    throw new ProgramError("ERR_EXPORT", message, { entry });
  }

  read(names: readonly string[]): Record<string, Values> {
    checkSyncReads("readAsync");
    this.#variables.checkAlive();
    const values = names.map((name) => {
      const variable = this.#variables.all[this.#variables.indexOf(name)]!;
      return [name, (variable.dataSync() as Values).slice()] as const;
    });
    return Object.fromEntries(values);
  }

  async readAsync(names: readonly string[]): Promise<Record<string, Values>> {
    this.#variables.checkAlive();
    // Copies, so that a variable may be assigned and disposed while its values are on their way.
    const copies = names.map((name) => {
      const variable = this.#variables.all[this.#variables.indexOf(name)]!;
      return [name, tf.clone(variable)] as const;
    });
    return takeValues(Object.fromEntries(copies));
  }

  write(values: ReadonlyMap<string, Values>): void {
    this.#variables.checkAlive();
    for (const [name, numbers] of values) this.#variables.assign(name, numbers);
  }

  /** The variables are the program's own. */
  sync(): void {}

  stats(): ProgramStats {
    return { graphs: 0, nodes: 0, builds: 0 };
  }

  dispose(): void {}
}
