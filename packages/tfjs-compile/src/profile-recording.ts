// Times the operations of a recording one after the other, on real values.
import { eagerAttributes } from "./attributes.ts";
import type { GraphVariable } from "./graph.ts";
import { type Binding, DType, typeAttribute } from "./node-backend.ts";
import type { Timing } from "./profile.ts";
import { type RecordedOp, type Recording, type Ref, usedOps } from "./recording.ts";
import { expanded } from "./shape-inference.ts";

/** Handles of the values that a recording starts from. */
export interface Sources {
  /** In the order of the recording's inputs, bytes as bytes. */
  readonly inputs: readonly number[];
  /** By the number of the variable. */
  readonly variables: readonly number[];
}

/** One pass: what each operation that is used took. Nothing of the program is changed. */
export function timeOperations(
  binding: Binding,
  recording: Recording,
  variables: readonly GraphVariable[],
  sources: Sources,
): Timing[] {
  const pass = new Pass(binding, recording, variables, sources);
  try {
    return pass.run();
  } finally {
    pass.free();
  }
}

class Pass {
  readonly #binding: Binding;
  readonly #recording: Recording;
  readonly #variables: readonly GraphVariable[];
  readonly #sources: Sources;
  /** Handles by what they are; those of the sources are not among them. */
  readonly #handles = new Map<Ref, number>();

  constructor(
    binding: Binding,
    recording: Recording,
    variables: readonly GraphVariable[],
    sources: Sources,
  ) {
    this.#binding = binding;
    this.#recording = recording;
    this.#variables = variables;
    this.#sources = sources;
  }

  run(): Timing[] {
    const order = inOrder(this.#recording);
    const lastUse = new Map<Ref, number>();
    for (const i of order) for (const ref of this.#recording.ops[i]!.inputs) lastUse.set(ref, i);
    return order.map((i) => {
      const op = this.#recording.ops[i]!;
      const milliseconds = this.#execute(op, i);
      const over = [...op.outputs.keys()]
        .map((k) => `o${i}:${k}`)
        .filter((ref) => !lastUse.has(ref));
      for (const ref of [...op.inputs.filter((r) => lastUse.get(r) === i), ...over]) {
        if (ref.startsWith("o")) this.#delete(ref);
      }
      return { operation: op.name, milliseconds };
    });
  }

  free(): void {
    for (const ref of [...this.#handles.keys()]) this.#delete(ref);
  }

  #execute({ name, attributes, inputs, outputs }: RecordedOp, i: number): number {
    const handles = inputs.map((ref) => this.#handleOf(ref));
    const given = eagerAttributes(this.#binding, attributes);
    const start = performance.now();
    const results = this.#binding.executeOp(name, given, handles, outputs.length);
    const milliseconds = performance.now() - start;
    for (const [k, { id }] of results.entries()) this.#handles.set(`o${i}:${k}`, id);
    return milliseconds;
  }

  #handleOf(ref: Ref): number {
    const number = Number.parseInt(ref.slice(1), 10);
    if (ref.startsWith("v")) return this.#sources.variables[number]!;
    if (ref.startsWith("i") && !this.#isBytes(number)) return this.#sources.inputs[number]!;
    const known = this.#handles.get(ref);
    if (known !== undefined) return known;
    const handle = this.#make(ref, number);
    this.#handles.set(ref, handle);
    return handle;
  }

  #make(ref: Ref, number: number): number {
    const binding = this.#binding;
    if (ref.startsWith("h")) return this.#variable(number);
    if (ref.startsWith("c")) {
      const constant = this.#recording.constants[number]!;
      return binding.createTensor(constant.shape, constant.dtype, expanded(constant));
    }
    const cast = [
      typeAttribute(binding, "SrcT", DType.uint8),
      typeAttribute(binding, "DstT", DType.float32),
    ];
    return binding.executeOp("Cast", cast, [this.#sources.inputs[number]!], 1)[0]!.id;
  }

  #isBytes(input: number): boolean {
    return [...this.#recording.inputs.values()][input]!.dtype === "uint8";
  }

  /** A variable of its own for the operations that change one in its place. */
  #variable(number: number): number {
    const binding = this.#binding;
    const { shape, dtype } = this.#variables[number]!;
    const attributes = [
      typeAttribute(binding, "dtype", dtype),
      { name: "shape", type: binding.TF_ATTR_SHAPE, value: shape },
      // Variables of the same name would be the same variable.
      { name: "shared_name", type: binding.TF_ATTR_STRING, value: `sd-profile-${number}` },
    ];
    const handle = binding.executeOp("VarHandleOp", attributes, [], 1)[0]!.id;
    const value = this.#sources.variables[number]!;
    const copied = [typeAttribute(binding, "T", dtype)];
    const copy = binding.executeOp("DeepCopy", copied, [value], 1)[0]!.id;
    const assigned = [typeAttribute(binding, "dtype", dtype)];
    binding.executeOp("AssignVariableOp", assigned, [handle, copy], 0);
    binding.deleteTensor(copy);
    return handle;
  }

  #delete(ref: Ref): void {
    const handle = this.#handles.get(ref);
    if (handle === undefined) return;
    if (ref.startsWith("h")) this.#binding.executeOp("DestroyResourceOp", [], [handle], 0);
    this.#binding.deleteTensor(handle);
    this.#handles.delete(ref);
  }
}

/** The operations that are used, each after those that it takes something from or waits for. */
function inOrder(recording: Recording): number[] {
  const order = new Set<number>();
  const visit = (i: number): void => {
    if (order.has(i)) return;
    const { inputs, after = [] } = recording.ops[i]!;
    const sources = inputs.filter((ref) => ref.startsWith("o"));
    for (const op of [...sources.map((ref) => Number.parseInt(ref.slice(1), 10)), ...after])
      visit(op);
    order.add(i);
  };
  for (const i of usedOps(recording)) visit(i);
  return [...order];
}
