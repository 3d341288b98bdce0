// A recording while rules rewrite it. Operations keep their numbers: one that is replaced gives the
// same tensor as before, and one that nothing takes any more is left out of the graph.
import type { GraphVariable } from "../graph.ts";
import type { AttrValue, TensorValue } from "../graph-def.ts";
import { DType, inputTensorType } from "../node-backend.ts";
import {
  type RecordedOp,
  type Recording,
  type Ref,
  type TensorType,
  type Update,
  usedOps,
} from "../recording.ts";

/** A recording that can be changed. */
export class Draft {
  readonly ops: RecordedOp[];
  readonly updates: Update[];
  readonly #constants: TensorValue[];
  readonly #inputs: readonly TensorType[];
  readonly #variables: readonly GraphVariable[];
  readonly #recording: Recording;
  #outputs: Recording["outputs"];

  constructor(recording: Recording, variables: readonly GraphVariable[]) {
    this.ops = [...recording.ops];
    this.updates = [...recording.updates];
    this.#constants = [...recording.constants];
    this.#inputs = [...recording.inputs.values()].map(({ shape, dtype }) => ({
      shape,
      dtype: inputTensorType(dtype),
    }));
    this.#variables = variables;
    this.#recording = recording;
    this.#outputs = recording.outputs;
  }

  /** The number of the operation whose first output is `ref`. */
  numberOf(ref: Ref): number {
    return ref.startsWith("o") && ref.endsWith(":0") ? Number(ref.slice(1, -2)) : -1;
  }

  /** The operation whose first output is `ref`, if it is one of those names. */
  op(ref: Ref, ...names: readonly string[]): RecordedOp | undefined {
    const op = this.ops[this.numberOf(ref)];
    return op !== undefined && names.includes(op.name) ? op : undefined;
  }

  typeOf(ref: Ref): TensorType {
    const number = Number.parseInt(ref.slice(1), 10);
    switch (ref[0]) {
      case "i":
        return this.#inputs[number]!;
      case "c":
        return this.#constants[number]!;
      case "o":
        return this.ops[number]!.outputs[Number(ref.slice(ref.indexOf(":") + 1))]!;
      default:
        return this.#variables[number]!;
    }
  }

  /** The elements of a constant, or undefined. */
  constant(ref: Ref): readonly number[] | undefined {
    if (!ref.startsWith("c")) return undefined;
    const { shape, values } = this.#constants[Number(ref.slice(1))]!;
    const size = shape.reduce((a, b) => a * b, 1);
    return values.length === size ? [...values] : Array(size).fill(values[0]);
  }

  /** A new constant. */
  add(dtype: "float32" | "int32", shape: readonly number[], values: readonly number[]): Ref {
    const array = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
    return `c${this.#constants.push({ dtype: DType[dtype], shape, values: array }) - 1}`;
  }

  /** A new operation on float32 numbers with one output. */
  append(name: string, inputs: readonly Ref[], output: TensorType): Ref {
    const op = { name, attributes: { T: FLOAT }, inputs, outputs: [output] };
    return `o${this.ops.push(op) - 1}:0`;
  }

  /** What outputs and assignments take. */
  ends(): Ref[] {
    const assigned = this.updates.flatMap((update) => ("ref" in update ? update.ref : []));
    return [...this.#outputs.map(({ ref }) => ref), ...assigned];
  }

  /** Takes another tensor in the place of one, wherever it is taken. */
  substitute(replace: (ref: Ref) => Ref): void {
    for (const [i, op] of this.ops.entries()) {
      this.ops[i] = { ...op, inputs: op.inputs.map(replace) };
    }
    for (const [i, update] of this.updates.entries()) {
      if ("ref" in update) this.updates[i] = { ...update, ref: replace(update.ref) };
    }
    this.#outputs = this.#outputs.map((output) => ({ ...output, ref: replace(output.ref) }));
  }

  /** The operations, by number, that are still taken by something. */
  used(): ReadonlySet<number> {
    return usedOps({ ops: this.ops, updates: this.updates, outputs: this.#outputs });
  }

  finish(): Recording {
    const { ops, updates } = this;
    const [outputs, constants] = [this.#outputs, this.#constants];
    return { ...this.#recording, ops, updates, outputs, constants };
  }
}

/** An attribute that says the element type is float32. */
export const FLOAT: AttrValue = { kind: "type", value: DType.float32 };
