// Learns the shapes of an operation's outputs by a rule or by running it once on zeros: TensorFlow's
// C interface offers shape functions only inside of a graph.
import { ProgramError } from "./errors.ts";
import type { TensorValue } from "./graph-def.ts";
import {
  type Binding,
  dtypeName,
  type OpAttribute,
  sizeOf,
  type Values,
  zeros,
} from "./node-backend.ts";
import { knownShapes } from "./shape-rules.ts";

/** What is known of a tensor while recording: always its shape, of a constant its value too. */
export interface TensorFact {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly constant?: TensorValue;
}

/**
 * Constants up to this size (shapes, axes, paddings, scalars) keep their values when shapes are
 * inferred.
 */
const VALUED = 64;

/**
 * The shapes that were learned so far, an entry for each operation, attributes and input shapes.
 */
export class ShapeCache {
  readonly #known = new Map<string, readonly TensorFact[]>();

  /**
   * The outputs of an operation. Where no rule knows them, it is run for the first call with these
   * attributes, shapes and small constants; what that needs is freed before this returns.
   */
  infer(
    binding: Binding,
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorFact[],
    outputs: number,
  ): readonly TensorFact[] {
    const described = inputs.map((fact) => [fact.shape, fact.dtype, smallValues(fact)]);
    const key = JSON.stringify([name, attributes, described, outputs]);
    let facts = this.#known.get(key);
    if (facts === undefined) {
      facts =
        computed(name, attributes, inputs, outputs) ??
        compute(binding, name, attributes, inputs, outputs);
      this.#known.set(key, facts);
    }
    return facts;
  }
}

const smallValues = ({ constant, shape }: TensorFact): number[] | undefined =>
  constant !== undefined && sizeOf(shape) <= VALUED ? [...constant.values] : undefined;

function computed(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorFact[],
  outputs: number,
): TensorFact[] | undefined {
  const named = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
  const { T: dtype } = named;
  if (typeof dtype !== "number") return undefined;
  return knownShapes(name, inputs, named, outputs)?.map((shape) => ({ shape, dtype }));
}

function compute(
  binding: Binding,
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorFact[],
  outputs: number,
): readonly TensorFact[] {
  const temporary: number[] = [];
  try {
    for (const { shape, dtype, constant } of inputs) {
      const size = sizeOf(shape);
      const values = constant && size <= VALUED ? expanded(constant) : zeros(dtype, size);
      temporary.push(binding.createTensor(shape, dtype, values));
    }
    const results = binding.executeOp(name, attributes, temporary, outputs);
    temporary.push(...results.map(({ id }) => id));
    return results.map(({ shape, dtype }) => ({ shape, dtype }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProgramError("ERR_ENGINE", `${describeOp(name, inputs)}: ${reason}`, { cause });
  } finally {
    for (const id of temporary) binding.deleteTensor(id);
  }
}

/** All elements of a constant that may be kept as one repeated value. */
export function expanded({ dtype, shape, values }: TensorValue): Values {
  const all = zeros(dtype, sizeOf(shape));
  if (values.length === all.length) all.set(values);
  else all.fill(values[0]!);
  return all;
}

/** An operation in a message: `MatMul of float32 [2, 3], float32 [4, 5]`. */
export function describeOp(name: string, inputs: readonly TensorFact[]): string {
  const list = inputs.map(({ shape, dtype }) => `${dtypeName(dtype)} [${shape.join(", ")}]`);
  return list.length === 0 ? name : `${name} of ${list.join(", ")}`;
}
