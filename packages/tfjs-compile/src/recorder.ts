// Records a step: every operation is logged and none computed on real data.
import * as tf from "@tensorflow/tfjs";
import { graphAttributes } from "./attributes.ts";
import { callEntry, registeredVariables } from "./call-entry.ts";
import { constantOf } from "./constants.ts";
import { ProgramError, type ProgramErrorCode } from "./errors.ts";
import type { TensorValue } from "./graph-def.ts";
import type { Signature } from "./inputs.ts";
import { replacing } from "./interception.ts";
import {
  type Binding,
  DType,
  dtypeName,
  dtypeNumber,
  type NodeBackend,
  type OpAttribute,
  sizeOf,
  type TensorMetadata,
  type TensorRecord,
  type Values,
} from "./node-backend.ts";
import type { Entry, Tensors } from "./program.ts";
import type { RecordedOp, Recording, Ref } from "./recording.ts";
import type { ShapeCache, TensorFact } from "./shape-inference.ts";
import { checkRecordable } from "./unrecordable-ops.ts";

/** A tensor that was made outside of the step is frozen as a constant up to this many elements. */
const CAPTURED = 16;
/** A constant that is not filled with one value may have this many elements. */
const CONSTANT = 65_536;
/**
 * Tensors of a recording have handles that TensorFlow never gives, no two of them the same in a process.
 * tfjs marks data that have not reached TensorFlow by −1, and deletes no handle below 0.
 */
let nextHandle = -2;

interface KnownTensor extends TensorFact {
  readonly ref: Ref;
}

/** What is recorded, and with what. */
export interface Step {
  readonly backend: NodeBackend;
  readonly entry: string;
  readonly step: Entry;
  readonly inputs: Signature;
  /** In the order of their numbers in the recording. */
  readonly variables: readonly tf.Variable[];
  readonly shapes: ShapeCache;
}

/**
 * The operations of a step. The variables, the backend and tfjs's count of tensors are afterwards what they
 * were, also when it throws.
 */
export function record(step: Step): Recording {
  return new Recorder(step).record();
}

class Recorder {
  readonly #step: Step;
  readonly #binding: Binding;
  /** Tensors of the recording by their handle, which TensorFlow never sees. */
  readonly #known = new Map<number, KnownTensor>();
  /** Data that were created inside of the step, from values. */
  readonly #created = new WeakSet<tf.DataId>();
  /** Handles of the tensors that became constants. */
  readonly #frozen = new Map<tf.DataId, number>();
  readonly #constants: TensorValue[] = [];
  readonly #ops: RecordedOp[] = [];
  #violation: ProgramError | undefined;

  constructor(step: Step) {
    this.#step = step;
    this.#binding = step.backend.binding;
  }

  record(): Recording {
    const { entry, inputs, variables } = this.#step;
    const held = variables.map((variable) => tf.keep(tf.clone(variable)));
    try {
      const handles = variables.map((variable, i) => this.#replace(variable, `v${i}`));
      const outputs = replacing(this.#step.backend, this.#replacements(), () => this.#outputs());
      const updates = variables.flatMap((variable, i) => {
        const handle = this.#handle(variable, "assign");
        return handle === handles[i] ? [] : [{ variable: i, ref: this.#known.get(handle)!.ref }];
      });
      const [ops, constants] = [this.#ops, this.#constants];
      return { entry, inputs, constants, ops, outputs, updates };
    } finally {
      for (const [i, variable] of variables.entries()) {
        variable.assign(held[i]!);
        held[i]!.dispose();
      }
    }
  }

  /** Gives a variable data of its own: two that were made from one tensor share theirs until then. */
  #replace(variable: tf.Variable, ref: Ref): number {
    const placeholder = this.#tensor(ref, variable.shape, dtypeNumber(variable.dtype)!);
    const handle = this.#step.backend.tensorMap.get(placeholder.dataId).id;
    variable.assign(placeholder);
    placeholder.dispose();
    return handle;
  }

  #outputs(): Recording["outputs"] {
    const { entry, step, inputs } = this.#step;
    let outputs: Recording["outputs"] = [];
    tf.tidy(() => {
      const placeholders: Record<string, tf.Tensor> = {};
      for (const [i, [name, { shape, dtype }]] of [...inputs].entries()) {
        placeholders[name] = this.#tensor(`i${i}`, shape, dtypeNumber(dtype)!);
      }
      let results: Tensors;
      try {
        results = callEntry(entry, step, placeholders);
      } catch (error) {
        // A step may have caught the first violation, or run into another one because of it.
        throw this.#violation ?? named(error, entry);
      }
      if (this.#violation !== undefined) throw this.#violation;
      outputs = Object.entries(results).map(([name, tensor]) => {
        const { ref, dtype } = this.#known.get(this.#handle(tensor, `output \`${name}\``))!;
        return { name, ref, dtype };
      });
    });
    return outputs;
  }

  #replacements(): Partial<NodeBackend> {
    const { backend } = this.#step;
    const move = backend.move.bind(backend);
    return {
      binding: this.#guardedBinding(),
      executeSingleOutput: (name, attributes, inputs) =>
        this.#execute(name, attributes, inputs, 1)[0]!,
      executeMultipleOutputs: (name, attributes, inputs, outputs) =>
        this.#execute(name, attributes, inputs, outputs),
      move: (dataId, values, shape, dtype, refCount) => {
        this.#created.add(dataId);
        move(dataId, values, shape, dtype, refCount);
      },
      readSync: (dataId: tf.DataId) => this.#valuesInside(dataId),
      // The promise of `data()` must neither resolve nor reject: nobody may be waiting for it.
      read: (dataId: tf.DataId) => {
        try {
          return Promise.resolve(this.#valuesInside(dataId));
        } catch {
          return new Promise<never>(() => {});
        }
      },
    } as Partial<NodeBackend>;
  }

  /** The binding's constants without its functions: nothing reaches TensorFlow on another road. */
  #guardedBinding(): Binding {
    const guarded = Object.create(this.#binding) as Record<string, unknown>;
    const calls = [
      "createTensor",
      "executeOp",
      "tensorDataSync",
      "loadSavedModel",
      "runSavedModel",
    ];
    for (const name of calls) {
      const call = () => {
        throw this.#violate("ERR_ENGINE", `\`${name}\` of the engine cannot be part of a step`);
      };
      Object.defineProperty(guarded, name, { value: call });
    }
    return guarded as unknown as Binding;
  }

  #execute(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[] {
    const known = inputs.map((input) => this.#known.get(this.#handle(input, name))!);
    checkRecordable(name, known, this.#step.entry);
    const results = this.#step.shapes.infer(this.#binding, name, attributes, known, outputs);
    const op = this.#ops.length;
    this.#ops.push({
      name,
      attributes: graphAttributes(this.#binding, name, attributes, known),
      inputs: known.map(({ ref }) => ref),
    });
    return results.map(({ shape, dtype }, i) => {
      if (dtypeNumber(dtypeName(dtype)) === undefined) {
        const message = `${name} gives ${dtypeName(dtype)}; programs carry float32, int32 and bool`;
        throw this.#violate("ERR_DTYPE", message);
      }
      return this.#tensor(`o${op}:${i}`, shape, dtype);
    });
  }

  #tensor(ref: Ref, shape: readonly number[], dtype: number): tf.Tensor {
    const metadata: TensorMetadata = {
      id: this.#add({ ref, shape, dtype }),
      shape: [...shape],
      dtype,
    };
    return this.#step.backend.createOutputTensor(metadata);
  }

  #add(tensor: KnownTensor): number {
    const handle = nextHandle--;
    this.#known.set(handle, tensor);
    return handle;
  }

  /** The handle of a tensor that `use` (an operation, an output) takes. */
  #handle(tensor: tf.TensorInfo, use: string): number {
    // tfjs-node's stand-in for 64-bit scalars has its words instead of data.
    const words = (tensor as { valueArray?: Int32Array }).valueArray;
    if (words !== undefined) return this.#constant(DType.int64, [], words);
    const data = this.#step.backend.tensorMap.get(tensor.dataId);
    if (this.#known.has(data.id)) return data.id;
    let handle = this.#frozen.get(tensor.dataId);
    if (handle === undefined) {
      const inside = this.#created.has(tensor.dataId);
      const values = (inside ? data.values : null) ?? this.#capture(tensor, data, use);
      handle = this.#constant(dtypeOf(tensor, use), data.shape, values);
      this.#frozen.set(tensor.dataId, handle);
    }
    return handle;
  }

  /** The values of a tensor from outside of the step, if it may be frozen. */
  #capture(tensor: tf.TensorInfo, data: TensorRecord, use: string): Values {
    const where = `${use} takes a tensor of shape [${tensor.shape.join(", ")}]`;
    const variables = Object.entries(registeredVariables());
    const variable = variables.find(([, { dataId }]) => dataId === tensor.dataId);
    if (variable !== undefined) {
      const message = `${where}, the variable \`${variable[0]}\`, that is not among the program's variables`;
      throw this.#violate("ERR_CAPTURED_VARIABLE", message);
    }
    if (data.id < 0 && data.values === null) {
      const message = `${where} that an earlier recording left behind and that has no values`;
      throw this.#violate("ERR_CAPTURED_TENSOR", message);
    }
    if (sizeOf(data.shape) > CAPTURED) {
      const message = `${where} from outside of the step; up to ${CAPTURED} elements are frozen as a constant, a larger one must be an input or a variable`;
      throw this.#violate("ERR_CAPTURED_TENSOR", message);
    }
    return data.values ?? this.#binding.tensorDataSync(data.id);
  }

  #constant(dtype: number, shape: readonly number[], values: Values): number {
    const constant = constantOf(dtype, shape, values);
    if (constant.values.length > CONSTANT) {
      const message = `it creates a constant of shape [${shape.join(", ")}]; above ${CONSTANT} elements it must be an input or a variable`;
      throw this.#violate("ERR_CONSTANT_TOO_LARGE", message);
    }
    const ref = `c${this.#constants.push(constant) - 1}`;
    return this.#add({ ref, shape: [...shape], dtype, constant });
  }

  /** Values may be read where they were written inside of the step; all others are not there yet. */
  #valuesInside(dataId: tf.DataId): Values {
    const { values, shape } = this.#step.backend.tensorMap.get(dataId);
    if (values !== null && this.#created.has(dataId)) return values;
    const message = `it reads the values of a tensor of shape [${shape.join(", ")}]; a recorded step has none`;
    throw this.#violate("ERR_TENSOR_READ", message);
  }

  #violate(code: ProgramErrorCode, message: string): ProgramError {
    this.#violation ??= new ProgramError(code, message, { entry: this.#step.entry });
    return this.#violation;
  }
}

/** An error of the engine, which does not know in which entry it is. */
function named(error: unknown, entry: string): unknown {
  if (!(error instanceof ProgramError) || error.entry !== undefined) return error;
  return new ProgramError(error.code, error.message, { entry, cause: error.cause });
}

function dtypeOf({ dtype }: tf.TensorInfo, use: string): number {
  const number = dtypeNumber(dtype);
  if (number !== undefined) return number;
  const message = `${use} takes a tensor of dtype ${dtype}; programs carry float32, int32 and bool`;
  throw new ProgramError("ERR_DTYPE", message);
}
