import * as tf from "@tensorflow/tfjs";
import { DeclaredShapes } from "./array-inputs.ts";
import { EagerProgram } from "./eager-program.ts";
import { ProgramError } from "./errors.ts";
import { declaredSignature, listed, type Signature } from "./inputs.ts";
import { isNodeBackend, type Values } from "./node-backend.ts";
import { type ProfileRow, profileRows, type Timing } from "./profile.ts";
import type {
  Entries,
  InputSpec,
  Inputs,
  ProfileOptions,
  Program,
  ProgramOptions,
  ProgramStats,
  Tensors,
} from "./program.ts";
import { RecordedProgram } from "./recorded-program.ts";
import { VariableSet } from "./variable-set.ts";

/**
 * Compiles steps over one set of variables for the backend that is set.
 *
 * On tfjs-node's backend each entry is recorded, once for each set of input shapes, and replayed as
 * one TensorFlow graph; the variables then live in the graph's session. On other backends the
 * entries are called. Results agree to rounding.
 *
 * A step that is recorded runs as JavaScript only while it is recorded, twice for each set of input
 * shapes. Numbers of JavaScript and tensors of up to 16 elements from outside are frozen into the
 * graph; what changes from call to call has to be an input.
 *
 * @param options - Variables, entries and, to record before the first run, the inputs to expect.
 * @returns The program, which the caller disposes.
 * @throws {@link ProgramError} For variables that cannot be carried and, where `specs` are given,
 * for every rule that a step breaks.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { compileProgram } from "@sd/tfjs-compile";
 *
 * await tf.setBackend("cpu");
 * const total = tf.variable(tf.scalar(0));
 * const program = compileProgram({
 *   variables: { total },
 *   entries: {
 *     add({ amount }: { amount: tf.Scalar }) {
 *       total.assign(tf.add(total, amount));
 *       return { doubled: tf.mul(total, 2) };
 *     },
 *   },
 * });
 * const { doubled } = program.run("add", { amount: tf.scalar(3) });
 * console.log(doubled.dataSync()[0], program.read().total[0]); // 6 3
 * ```
 */
export function compileProgram<const V extends string, const E extends Entries>(
  options: ProgramOptions<V, E>,
): Program<V, E> {
  const { entries, maxGraphs = 16, xla = [], moveValues = false, mode = "auto" } = options;
  for (const entry of xla) checkEntry(entries, entry);
  const variables = new VariableSet(options.variables);
  const declared = declaredSignatures(entries, options.specs ?? {});
  const shapes = declaredShapes(entries, declared);
  const backend = tf.backend();
  const inner =
    mode === "auto" && isNodeBackend(backend)
      ? new RecordedProgram(backend, variables, entries, {
          declared,
          shapes,
          maxGraphs,
          xla,
          moveValues,
        })
      : new EagerProgram(variables, entries, shapes);
  return new CheckedProgram(inner, variables, entries, backend) as unknown as Program<V, E>;
}

function declaredSignatures(
  entries: Entries,
  specs: { readonly [entry: string]: readonly unknown[] | undefined },
): (readonly [string, Signature])[] {
  return Object.entries(specs).flatMap(([entry, list = []]) => {
    checkEntry(entries, entry);
    return list.map((spec) => {
      const inputs = spec as { readonly [name: string]: InputSpec };
      return [entry, declaredSignature(entry, inputs)] as const;
    });
  });
}

function declaredShapes(
  entries: Entries,
  declared: readonly (readonly [string, Signature])[],
): ReadonlyMap<string, DeclaredShapes> {
  const shapes = new Map(Object.keys(entries).map((entry) => [entry, new DeclaredShapes(entry)]));
  for (const [entry, signature] of declared) shapes.get(entry)!.declare(signature);
  return shapes;
}

function checkEntry(entries: Entries, entry: string): void {
  if (Object.hasOwn(entries, entry)) return;
  const message = `no entry \`${entry}\`; there are ${listed(Object.keys(entries))}`;
  throw new ProgramError("ERR_UNKNOWN_ENTRY", message);
}

/** The checks that do not depend on how a program runs. */
class CheckedProgram {
  readonly #program: EagerProgram | RecordedProgram;
  readonly #variables: VariableSet;
  readonly #entries: Entries;
  readonly #backend: tf.KernelBackend;
  #disposed = false;

  constructor(
    program: EagerProgram | RecordedProgram,
    variables: VariableSet,
    entries: Entries,
    backend: tf.KernelBackend,
  ) {
    this.#program = program;
    this.#variables = variables;
    this.#entries = entries;
    this.#backend = backend;
  }

  get mode(): "recorded" | "eager" {
    return this.#program.mode;
  }

  run(entry: string, inputs: Inputs): Tensors {
    this.#check();
    checkEntry(this.#entries, entry);
    return this.#program.run(entry, inputs);
  }

  values(entry: string, inputs: Inputs): Record<string, Values> {
    this.#check();
    checkEntry(this.#entries, entry);
    return this.#program.values(entry, inputs);
  }

  async valuesAsync(entry: string, inputs: Inputs): Promise<Record<string, Values>> {
    this.#check();
    checkEntry(this.#entries, entry);
    const program = this.#program;
    // A graph's run ends with its values.
    if (program.mode === "recorded") return program.values(entry, inputs);
    return program.valuesAsync(entry, inputs);
  }

  read(names: readonly string[] = this.#variables.names): Record<string, Values> {
    this.#check();
    return this.#program.read(names);
  }

  async readAsync(
    names: readonly string[] = this.#variables.names,
  ): Promise<Record<string, Values>> {
    this.#check();
    const program = this.#program;
    return program.mode === "recorded" ? program.read(names) : program.readAsync(names);
  }

  write(values: Readonly<Record<string, ArrayLike<number>>>): void {
    this.#check();
    const checked = Object.entries(values).map(
      ([name, numbers]) => [name, this.#variables.valuesFor(name, numbers)] as const,
    );
    this.#program.write(new Map(checked));
  }

  sync(): void {
    this.#check();
    this.#program.sync();
  }

  async profile(
    entry: string,
    inputs: Inputs,
    { repeats = 5 }: ProfileOptions = {},
  ): Promise<ProfileRow[]> {
    this.#check();
    checkEntry(this.#entries, entry);
    const passes: (readonly Timing[])[] = [];
    for (let pass = 0; pass <= repeats; pass++) {
      passes.push(await this.#program.timeOperations(entry, inputs));
    }
    return profileRows(passes.slice(1));
  }

  export(folder: string, entry: string, inputs: { readonly [name: string]: InputSpec }): void {
    this.#check();
    checkEntry(this.#entries, entry);
    this.#program.export(folder, entry, declaredSignature(entry, inputs));
  }

  stats(): ProgramStats {
    this.#check();
    return this.#program.stats();
  }

  dispose(): void {
    if (!this.#disposed) this.#program.dispose();
    this.#disposed = true;
  }

  #check(): void {
    if (this.#disposed) {
      throw new ProgramError("ERR_DISPOSED_PROGRAM", "the program is disposed");
    }
    if (tf.backend() !== this.#backend) {
      const message =
        `the backend is now "${tf.getBackend()}"; a program runs on the one that it ` +
        "was compiled for";
      throw new ProgramError("ERR_BACKEND_CHANGED", message);
    }
  }
}
