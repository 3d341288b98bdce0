// What a program is to its user, the same on every engine.
import type * as tf from "@tensorflow/tfjs";
import type { InputDType, Values } from "./node-backend.ts";
import type { ProfileRow } from "./profile.ts";

/** Tensors by name. */
export type Tensors = { readonly [name: string]: tf.Tensor };

/**
 * A step: a synchronous function of named tensors to named tensors, written with tfjs's operations.
 * It may read and assign the program's variables.
 */
export type Entry = (inputs: never) => Tensors;

/** Steps by name. */
export type Entries = { readonly [name: string]: Entry };

/** The inputs of an entry. */
export type InputsOf<E extends Entry> =
  Parameters<E> extends [] ? Record<string, never> : Parameters<E>[0];

/**
 * An input without a tensor: its elements, row-major. Bytes are numbers from 0 to 255 to the step.
 */
export type ArrayInput = Uint8Array | Float32Array | Int32Array;

/** What an entry is run with: a tensor for each input, or the elements of one that `specs` declare. */
export type RunInputs<E extends Entry> = {
  readonly [name in keyof InputsOf<E>]: InputsOf<E>[name] | ArrayInput;
};

/** The inputs of a run by name. */
export type Inputs = { readonly [name: string]: tf.Tensor | ArrayInput };

/** The outputs of an entry as typed arrays by name. */
export type OutputValues<E extends Entry> = { [name in keyof ReturnType<E>]: Values };

/** Shape and element type of an input. */
export interface InputSpec {
  readonly shape: readonly number[];
  /**
   * An input that is declared may be given as a typed array, of which the first axis is as long as the
   * array makes it; the others are those declared. With "uint8" that is a `Uint8Array`, or a
   * `Float32Array` of such numbers, and the step sees a float32 tensor of numbers from 0 to 255.
   *
   * @defaultValue "float32"
   */
  readonly dtype?: InputDType;
}

/** For each input of an entry, what it will be. */
export type InputSpecs<E extends Entry> = { readonly [name in keyof InputsOf<E>]: InputSpec };

/** What `compileProgram` takes. */
export interface ProgramOptions<V extends string, E extends Entries> {
  /** Everything that outlives a step: weights, optimiser slots, running statistics. */
  readonly variables: Readonly<Record<V, tf.Variable>>;
  readonly entries: E;
  /**
   * The inputs that entries will be run with, recorded before the first run. Without them each
   * entry is recorded when it is first seen with its shapes, which builds the graph again.
   */
  readonly specs?: { readonly [name in keyof E]?: readonly InputSpecs<E[name]>[] };
  /**
   * How many graphs, an entry at one set of input shapes each, are kept; the least recently used
   * goes first.
   *
   * @defaultValue 16
   */
  readonly maxGraphs?: number;
  /**
   * Entries to compile with XLA where they are recorded: pooling and updates are left out. Measure
   * before using it: on CPUs it makes convolutional networks slower, and the first run with new
   * shapes takes seconds to a minute.
   *
   * @defaultValue none
   */
  readonly xla?: readonly (keyof E & string)[];
  /**
   * The values move into the program: where steps are recorded, the `tf.Variable`s have none until
   * `sync()`, which saves as much memory as they take.
   *
   * @defaultValue false
   */
  readonly moveValues?: boolean;
  /**
   * "auto" records where the backend can replay, "eager" always calls the functions.
   *
   * @defaultValue "auto"
   */
  readonly mode?: "auto" | "eager";
}

/** How a program is profiled. */
export interface ProfileOptions {
  /** @defaultValue 5 */
  readonly repeats?: number;
}

/** How much a program holds. */
export interface ProgramStats {
  /** Recorded entries, one for each set of input shapes; 0 in eager mode. */
  readonly graphs: number;
  /** Operations in them. */
  readonly nodes: number;
  /** How often the graph was built, which takes as long as the first run. */
  readonly builds: number;
}

/** Compiled steps over one set of variables. */
export interface Program<V extends string, E extends Entries> {
  /** Whether the steps are replayed as a graph or called. */
  readonly mode: "recorded" | "eager";

  /**
   * Runs an entry.
   *
   * @param inputs - A tensor for each of the entry's inputs, or the elements of one that `specs`
   * declare. They stay the caller's.
   * @returns The entry's outputs, which the caller disposes, also those that the step has kept with
   * `tf.keep`. Variables are updated before it returns.
   * @throws {@link ProgramError} for a rule that inputs or step break.
   */
  run<K extends keyof E & string>(entry: K, inputs: RunInputs<E[K]>): ReturnType<E[K]>;

  /**
   * Runs an entry for its outputs' values: a `Float32Array`, `Int32Array` or, for bool, `Uint8Array`
   * each. Nothing is left to dispose, and it is faster than reading what {@link run} returns.
   *
   * @throws {@link ProgramError} `ERR_SYNC_READ` where values can only be awaited, as on WebGPU under
   * Node.
   */
  values<K extends keyof E & string>(entry: K, inputs: RunInputs<E[K]>): OutputValues<E[K]>;

  /**
   * As {@link values}, on every engine. The step has run and the variables are updated when the
   * promise is made; the inputs may be changed and disposed from then on.
   */
  valuesAsync<K extends keyof E & string>(
    entry: K,
    inputs: RunInputs<E[K]>,
  ): Promise<OutputValues<E[K]>>;

  /**
   * The values of variables, all in one go.
   *
   * @param names - @defaultValue all of them
   * @returns A copy for each, row-major: Float32Array, Int32Array or, for bool, Uint8Array.
   * @throws {@link ProgramError} `ERR_SYNC_READ`, as {@link values}.
   */
  read(names?: readonly V[]): Record<V, Values>;

  /** As {@link read}, on every engine: the values at the moment of the call. */
  readAsync(names?: readonly V[]): Promise<Record<V, Values>>;

  /**
   * Sets variables, all in one go.
   *
   * @param values - Numbers in row-major order, as many as the variable has elements.
   */
  write(values: Readonly<Partial<Record<V, ArrayLike<number>>>>): void;

  /**
   * Copies the program's values into the `tf.Variable`s that it was made from. In recorded mode
   * these are not touched otherwise; in eager mode they are the program's variables and nothing is
   * to be done.
   */
  sync(): void;

  /**
   * What the operations of an entry take, one row each, the slowest first; `console.table` prints it.
   * No variable is changed.
   *
   * A recorded step's operations are run one at a time, on these inputs and the variables' values:
   * TensorFlow has no way to look into a graph from JavaScript. So what the graph gains by joining
   * operations and by running some at the same time is not in it, nor is what it loses to moving
   * tensors between them; the sum is usually above the time of `run`.
   *
   * @param options - How many times everything is run after a first time that does not count; the
   * median counts.
   */
  profile<K extends keyof E & string>(
    entry: K,
    inputs: RunInputs<E[K]>,
    options?: ProfileOptions,
  ): Promise<ProfileRow[]>;

  /**
   * Writes an entry as a SavedModel, which TensorFlow Serving and Python's `tf.saved_model.load` read:
   * with the signature "serving_default" of the entry's names, and the variables' present values as
   * constants. The entry must not assign variables; its shapes are fixed.
   *
   * @param folder - Is made where it is missing; `saved_model.pb` in it is replaced.
   * @param inputs - The inputs of the model. One of bytes takes uint8.
   * @throws {@link ProgramError} `ERR_EXPORT` for an entry that assigns variables or gives nothing,
   * and in eager mode, where there is no graph.
   */
  export<K extends keyof E & string>(folder: string, entry: K, inputs: InputSpecs<E[K]>): void;

  stats(): ProgramStats;

  /** Frees the graph and its variables. The `tf.Variable`s stay the caller's. */
  dispose(): void;
}
