// One graph for all recordings: they share the variables, so they must share the session.

import type { AttrValue, GraphNode, TensorValue } from "./graph-def.ts";
import type { ResolvedSpec } from "./inputs.ts";
import { DType, type Values } from "./node-backend.ts";
import { type Recording, type Ref, usedOps } from "./recording.ts";

/** A variable of the graph. */
export interface GraphVariable {
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** The names of a recording's inputs and outputs in the graph, in the recording's order. */
export interface Endpoints {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The nodes to read a variable from, to feed and to fetch when it is written. */
export const variableNodes = (i: number): { read: string; value: string; written: string } => ({
  read: `v${i}/read`,
  value: `v${i}/value`,
  written: `v${i}/written`,
});

const type = (value: number): AttrValue => ({ kind: "type", value });
const shapeAttribute = (value: readonly number[]): AttrValue => ({ kind: "shape", value });
const tensor = (value: TensorValue): AttrValue => ({ kind: "tensor", value });

/** The nodes of the variables: their handles, and an endpoint each to read and to write them. */
export function variableGraph(variables: readonly GraphVariable[]): GraphNode[] {
  const one = { dtype: DType.float32, shape: [], values: Float32Array.of(1) };
  const nodes: GraphNode[] = [constantNode("one", one)];
  for (const [i, { shape, dtype }] of variables.entries()) {
    const { read, value, written } = variableNodes(i);
    const typed = { dtype: type(dtype) };
    const placed = { ...typed, shape: shapeAttribute(shape) };
    const assign = `v${i}/assign`;
    nodes.push(
      {
        name: `v${i}`,
        op: "VarHandleOp",
        inputs: [],
        attributes: { ...placed, shared_name: { kind: "string", value: `v${i}` } },
      },
      { name: read, op: "ReadVariableOp", inputs: [`v${i}`], attributes: typed },
      { name: value, op: "Placeholder", inputs: [], attributes: placed },
      { name: assign, op: "AssignVariableOp", inputs: [`v${i}`, `v${i}/copy`], attributes: typed },
      // The caller's own memory may be fed: the variable, which is changed in place, gets a copy.
      { name: `v${i}/copy`, op: "DeepCopy", inputs: [value], attributes: { T: type(dtype) } },
      identity(written, DType.float32, ["one", `^${assign}`]),
    );
  }
  return nodes;
}

/** Marks a node to be compiled with XLA, together with those around it. */
const XLA: GraphNode["attributes"] = { _XlaCompile: { kind: "bool", value: true } };
/** XLA's pooling is many times slower on CPUs, and it has no part in what changes variables. */
const NOT_XLA = /Pool|^Resource|^ReadVariable|^AssignVariable/;

/** The node, by its name, that gives a variable's value before the step. */
type OldValue = (name: string, variable: number) => GraphNode;

/** Reads a variable of the session. */
const readVariable =
  (variables: readonly GraphVariable[]): OldValue =>
  (name, i) => ({
    name,
    op: "ReadVariableOp",
    inputs: [`v${i}`],
    attributes: { dtype: type(variables[i]!.dtype) },
  });

/** Has a variable's value in the graph. */
export const frozenVariable =
  (variables: readonly GraphVariable[], values: readonly Values[]): OldValue =>
  (name, i) =>
    constantNode(name, { ...variables[i]!, values: values[i]! });

/** The nodes of a recording under a prefix of their own. */
export function recordingGraph(
  prefix: string,
  recording: Recording,
  variables: readonly GraphVariable[],
  oldValueNode: OldValue = readVariable(variables),
): { readonly nodes: GraphNode[]; readonly endpoints: Endpoints } {
  const inputs = [...recording.inputs.values()].map((input, i) =>
    inputNodes(`${prefix}/i${i}`, input),
  );
  const constants = recording.constants.map((c, i) => constantNode(`${prefix}/c${i}`, c));
  const used = usedOps(recording);
  const read = new Set(usedRefs(recording, used).filter((ref) => ref.startsWith("v")));
  const reads = [...read].map((ref) => oldValueNode(`${prefix}/${ref}`, Number(ref.slice(1))));
  // A variable's old value may be wanted anywhere in the step: what changes the variable comes
  // after it was read.
  const afterRead = (variable: number): string[] =>
    read.has(`v${variable}`) ? [`^${prefix}/v${variable}`] : [];
  const ops = [...used].map((i) => operationNode(prefix, recording, i, afterRead));
  const assigns = recording.updates.flatMap((update) => {
    if (!("ref" in update)) return [];
    const { variable, ref } = update;
    return {
      name: `${prefix}/a${variable}`,
      op: "AssignVariableOp",
      inputs: [`v${variable}`, `${prefix}/${ref}`, ...afterRead(variable)],
      attributes: { dtype: type(variables[variable]!.dtype) },
    };
  });
  const changes = recording.updates.flatMap((u) => ("op" in u ? `${prefix}/o${u.op}` : []));
  const outputs = outputNodes(prefix, recording, [...assigns.map(({ name }) => name), ...changes]);
  return {
    nodes: [...inputs.flat(), ...constants, ...reads, ...ops, ...assigns, ...outputs],
    endpoints: {
      inputs: inputs.map(([fed]) => fed!.name),
      outputs: outputs.map(({ name }) => name),
    },
  };
}

function operationNode(
  prefix: string,
  { ops, xla }: Recording,
  i: number,
  afterRead: (variable: number) => string[],
): GraphNode {
  const { name, attributes, inputs, after = [] } = ops[i]!;
  const isHandle = (ref: Ref): boolean => ref.startsWith("h");
  const numberOf = (ref: Ref): number => Number(ref.slice(1));
  return {
    name: `${prefix}/o${i}`,
    op: name,
    inputs: [
      ...inputs.map((ref) => (isHandle(ref) ? `v${numberOf(ref)}` : `${prefix}/${ref}`)),
      ...after.map((op) => `^${prefix}/o${op}`),
      ...inputs.filter(isHandle).flatMap((ref) => afterRead(numberOf(ref))),
    ],
    attributes: xla && !NOT_XLA.test(name) ? { ...attributes, ...XLA } : attributes,
  };
}

/** The nodes to fetch, which come after all that changes a variable; at least one, to run a step by. */
function outputNodes(
  prefix: string,
  { outputs }: Recording,
  changes: readonly string[],
): GraphNode[] {
  const after = changes.map((name) => `^${name}`);
  if (outputs.length === 0) return [identity(`${prefix}/r0`, DType.float32, ["one", ...after])];
  return outputs.map(({ ref, dtype }, i) =>
    identity(`${prefix}/r${i}`, dtype, [`${prefix}/${ref}`, ...after]),
  );
}

/** The node that is fed and, where that takes bytes, the one after it that makes numbers of them. */
function inputNodes(name: string, { shape, dtype }: ResolvedSpec): GraphNode[] {
  const bytes = dtype === "uint8";
  const placeholder = {
    name: bytes ? `${name}/bytes` : name,
    op: "Placeholder",
    inputs: [],
    attributes: { dtype: type(DType[dtype]), shape: shapeAttribute(shape) },
  };
  if (!bytes) return [placeholder];
  const attributes = { SrcT: type(DType.uint8), DstT: type(DType.float32) };
  return [placeholder, { name, op: "Cast", inputs: [placeholder.name], attributes }];
}

function usedRefs({ ops, outputs, updates }: Recording, used: ReadonlySet<number>): Ref[] {
  return [
    ...[...used].flatMap((i) => ops[i]!.inputs),
    ...[...outputs, ...updates].flatMap((end) => ("ref" in end ? end.ref : [])),
  ];
}

function constantNode(name: string, value: TensorValue): GraphNode {
  const attributes = { dtype: type(value.dtype), value: tensor(value) };
  return { name, op: "Const", inputs: [], attributes };
}

function identity(name: string, dtype: number, inputs: readonly string[]): GraphNode {
  return { name, op: "Identity", inputs, attributes: { T: type(dtype) } };
}
