// What recording a step yields, and when two recordings of it are the same.
import { ProgramError } from "./errors.ts";
import type { AttrValue, TensorValue } from "./graph-def.ts";
import type { Signature } from "./inputs.ts";

/**
 * A tensor of a recording: `i3` the input, `v3` the variable before the step, `c3` the constant with
 * that number, `o3:1` the second output of the operation with that number. `h3` is the handle by
 * which an operation changes the variable in its place.
 */
export type Ref = string;

/** Shape and element type of a tensor. */
export interface TensorType {
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** One operation, its inputs known by where they come from. */
export interface RecordedOp {
  readonly name: string;
  readonly attributes: Readonly<Record<string, AttrValue>>;
  readonly inputs: readonly Ref[];
  readonly outputs: readonly TensorType[];
  /** Operations, by number, that have to be over before this one begins. */
  readonly after?: readonly number[];
}

/** A variable, by number, that the step assigns, and what; or the operation that changes it in place. */
export type Update =
  | { readonly variable: number; readonly ref: Ref }
  | { readonly variable: number; readonly op: number };

/** A step as a list of operations. */
export interface Recording {
  readonly entry: string;
  readonly inputs: Signature;
  readonly constants: readonly TensorValue[];
  readonly ops: readonly RecordedOp[];
  readonly outputs: readonly { readonly name: string; readonly ref: Ref; readonly dtype: number }[];
  readonly updates: readonly Update[];
  /** Whether its operations are compiled with XLA. */
  readonly xla?: boolean;
}

/** The operations, by number, that outputs and updates come from. */
export function usedOps({
  ops,
  outputs,
  updates,
}: Pick<Recording, "ops" | "outputs" | "updates">): Set<number> {
  const used = new Set<number>();
  const waiting = [
    ...outputs.flatMap(({ ref }) => opOf(ref)),
    ...updates.flatMap((update) => ("ref" in update ? opOf(update.ref) : update.op)),
  ];
  for (let op = waiting.pop(); op !== undefined; op = waiting.pop()) {
    if (used.has(op)) continue;
    used.add(op);
    const { inputs, after = [] } = ops[op]!;
    waiting.push(...inputs.flatMap(opOf), ...after);
  }
  return new Set([...used].sort((a, b) => a - b));
}

/** The number of the operation that gives `ref`, if one does. */
const opOf = (ref: Ref): number[] =>
  ref.startsWith("o") ? [Number(ref.slice(1, ref.indexOf(":")))] : [];

/**
 * Checks that recording a step twice gave the same.
 *
 * @throws {@link ProgramError} `ERR_DATA_DEPENDENT` when the operations differ,
 * `ERR_NOT_REPEATABLE` when only numbers do: they were drawn at random or counted in JavaScript,
 * and would be frozen.
 */
export function checkRepeatable(first: Recording, second: Recording): void {
  const { entry } = first;
  const shapeOf = ({ name, inputs }: RecordedOp) => `${name}(${inputs.join(", ")})`;
  const length = Math.max(first.ops.length, second.ops.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [first.ops[i], second.ops[i]].map((op) => (op ? shapeOf(op) : "the end"));
    if (a === b) continue;
    const message =
      `operation ${i} is ${a} in one recording and ${b} in another; which operations a ` +
      "step runs must not depend on data, chance or state";
    throw new ProgramError("ERR_DATA_DEPENDENT", message, { entry });
  }
  const results = ({ outputs, updates }: Recording) => JSON.stringify([outputs, updates]);
  if (results(first) !== results(second)) {
    const message = "its outputs or the variables that it assigns differ between two recordings";
    throw new ProgramError("ERR_DATA_DEPENDENT", message, { entry });
  }
  const advice = "numbers that are drawn or counted in JavaScript must be inputs of the step";
  for (const [i, a] of first.constants.entries()) {
    if (sameConstant(a, second.constants[i])) continue;
    const message =
      `a constant of shape [${a.shape.join(", ")}] differs between two recordings; ` + `${advice}`;
    throw new ProgramError("ERR_NOT_REPEATABLE", message, { entry });
  }
  for (const [i, { name, attributes }] of first.ops.entries()) {
    if (JSON.stringify(attributes) === JSON.stringify(second.ops[i]!.attributes)) continue;
    const message =
      `an attribute of operation ${i}, ${name}, differs between two recordings; ` + `${advice}`;
    throw new ProgramError("ERR_NOT_REPEATABLE", message, { entry });
  }
}

function sameConstant(a: TensorValue, b: TensorValue | undefined): boolean {
  return (
    b !== undefined &&
    a.dtype === b.dtype &&
    a.shape.join() === b.shape.join() &&
    a.values.length === b.values.length &&
    a.values.every((value, i) => Object.is(value, b.values[i]))
  );
}
