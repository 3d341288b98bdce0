import { ProgramError } from "./errors.ts";
import type { AttrValue } from "./graph-def.ts";
import type { Binding, OpAttribute } from "./node-backend.ts";
import type { TensorFact } from "./shape-inference.ts";

/**
 * The type attributes that a kernel of tfjs-node leaves out, by the number of the input whose type
 * they are: TensorFlow's eager interface infers them, a graph does not.
 */
const OMITTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
};

/**
 * Attributes as tfjs-node's kernels give them to the binding, turned into those of a graph's node.
 */
export function graphAttributes(
  binding: Binding,
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorFact[],
): Record<string, AttrValue> {
  const result: Record<string, AttrValue> = {};
  for (const [name, input] of Object.entries(OMITTED[op] ?? {})) {
    result[name] = { kind: "type", value: inputs[input]!.dtype };
  }
  for (const attribute of attributes) {
    result[attribute.name] = graphAttribute(binding, op, attribute);
  }
  return result;
}

function graphAttribute(binding: Binding, op: string, attribute: OpAttribute): AttrValue {
  const { name, type, value } = attribute;
  const list = Array.isArray(value);
  switch (type) {
    case binding.TF_ATTR_STRING:
      return { kind: "string", value: value as string };
    case binding.TF_ATTR_INT:
      return list ? { kind: "ints", value } : { kind: "int", value: value as number };
    case binding.TF_ATTR_FLOAT:
      return list ? { kind: "floats", value } : { kind: "float", value: value as number };
    case binding.TF_ATTR_BOOL:
      return list ? { kind: "bools", value } : { kind: "bool", value: value as boolean };
    case binding.TF_ATTR_TYPE:
      return { kind: "type", value: value as number };
    case binding.TF_ATTR_SHAPE:
      return { kind: "shape", value: value as number[] };
    default: {
      const message = `${op}: attribute \`${name}\` has a type that a graph does not carry`;
      throw new ProgramError("ERR_ENGINE", message);
    }
  }
}

/** Attributes of a graph's node, turned into those that the binding takes. */
export function eagerAttributes(
  binding: Binding,
  attributes: Readonly<Record<string, AttrValue>>,
): OpAttribute[] {
  const types: Readonly<Record<Exclude<AttrValue["kind"], "tensor">, number>> = {
    string: binding.TF_ATTR_STRING,
    int: binding.TF_ATTR_INT,
    ints: binding.TF_ATTR_INT,
    float: binding.TF_ATTR_FLOAT,
    floats: binding.TF_ATTR_FLOAT,
    bool: binding.TF_ATTR_BOOL,
    bools: binding.TF_ATTR_BOOL,
    type: binding.TF_ATTR_TYPE,
    shape: binding.TF_ATTR_SHAPE,
  };
  return Object.entries(attributes).flatMap(([name, { kind, value }]) =>
    kind === "tensor" ? [] : { name, type: types[kind], value },
  );
}
