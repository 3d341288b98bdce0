// The tensors of a recording: where each comes from, and which from outside may become constants.
import type * as tf from "@tensorflow/tfjs";
import { registeredVariables } from "./call-entry.ts";
import type { TensorValue } from "./graph-def.ts";
import {
  DType,
  dtypeNumber,
  type NodeBackend,
  sizeOf,
  type TensorRecord,
  type Values,
} from "./node-backend.ts";
import type { Ref } from "./recording.ts";
import type { TensorFact } from "./shape-inference.ts";
import type { Violation } from "./violation.ts";

/** A tensor that was made outside of the step is frozen as a constant up to this many elements. */
const CAPTURED = 16;
/** A constant that is not filled with one value may have this many elements. */
const CONSTANT = 65_536;

/**
 * Tensors of a recording have handles that TensorFlow never gives, no two of them the same in a
 * process. tfjs marks data that have not reached TensorFlow by −1, and deletes no handle below 0.
 */
let nextHandle = -2;

/** A tensor of tfjs that has no values: whoever reads them is refused by the engine. */
export function valueless(
  backend: NodeBackend,
  shape: readonly number[],
  dtype: number,
): tf.Tensor {
  return backend.createOutputTensor({ id: nextHandle--, shape: [...shape], dtype });
}

/** A tensor of the recording. */
export interface RecordedTensor extends TensorFact {
  readonly ref: Ref;
}

/** The tensors of one recording. */
export class RecordedTensors {
  readonly constants: TensorValue[] = [];
  readonly #backend: NodeBackend;
  readonly #readHandle: (handle: number) => Values;
  readonly #violation: Violation;
  /** By handle. */
  readonly #known = new Map<number, RecordedTensor>();
  /** Data that were created inside of the step, from values. */
  readonly #created = new WeakSet<tf.DataId>();
  /** Constants by the data that they were made of. */
  readonly #frozen = new Map<tf.DataId, RecordedTensor>();

  constructor(backend: NodeBackend, violation: Violation) {
    const { binding } = backend;
    this.#backend = backend;
    this.#readHandle = (handle) => binding.tensorDataSync(handle);
    this.#violation = violation;
  }

  /** A tensor of tfjs without data. */
  make(ref: Ref, shape: readonly number[], dtype: number): tf.Tensor {
    const tensor = valueless(this.#backend, shape, dtype);
    const { id } = this.#backend.tensorMap.get(tensor.dataId);
    this.#known.set(id, { ref, shape, dtype });
    return tensor;
  }

  /** Whether a tensor is one of this recording, without data. */
  isOwn(tensor: tf.TensorInfo): boolean {
    return this.#known.has(this.#backend.tensorMap.get(tensor.dataId).id);
  }

  /** Notes that data were created from values inside of the step. */
  created(dataId: tf.DataId): void {
    this.#created.add(dataId);
  }

  /** What the recording knows of a tensor that `use` (an operation, an output) takes. */
  find(tensor: tf.TensorInfo, use: string): RecordedTensor {
    // tfjs-node's stand-in for 64-bit scalars has its words instead of data.
    const words = (tensor as { valueArray?: Int32Array }).valueArray;
    if (words !== undefined) return this.#constant(DType.int64, [], words);
    const data = this.#backend.tensorMap.get(tensor.dataId);
    const known = this.#known.get(data.id) ?? this.#frozen.get(tensor.dataId);
    if (known !== undefined) return known;
    const dtype = dtypeNumber(tensor.dtype);
    if (dtype === undefined) {
      const message =
        `${use} takes a tensor of dtype ${tensor.dtype}; programs carry float32, int32 ` +
        "and bool";
      throw this.#violation.report("ERR_DTYPE", message);
    }
    const inside = this.#created.has(tensor.dataId);
    const values = (inside ? data.values : null) ?? this.#captured(tensor, data, use);
    const constant = this.#constant(dtype, data.shape, values);
    this.#frozen.set(tensor.dataId, constant);
    return constant;
  }

  /**
   * Values may be read where they were written inside of the step; all others are not there yet.
   */
  values(dataId: tf.DataId): Values {
    const { values, shape } = this.#backend.tensorMap.get(dataId);
    if (values !== null && this.#created.has(dataId)) return values;
    const message =
      `it reads the values of a tensor of shape [${shape.join(", ")}]; a recorded step ` +
      "has none";
    throw this.#violation.report("ERR_TENSOR_READ", message);
  }

  /** The values of a tensor from outside of the step, if it may be frozen. */
  #captured(tensor: tf.TensorInfo, data: TensorRecord, use: string): Values {
    const where = `${use} takes a tensor of shape [${tensor.shape.join(", ")}]`;
    const variables = Object.entries(registeredVariables());
    const variable = variables.find(([, { dataId }]) => dataId === tensor.dataId);
    if (variable !== undefined) {
      const message = `${where}, the undeclared variable \`${variable[0]}\``;
      throw this.#violation.report("ERR_CAPTURED_VARIABLE", message);
    }
    if (data.id < 0 && data.values === null) {
      const message = `${where} that an earlier recording left behind and that has no values`;
      throw this.#violation.report("ERR_CAPTURED_TENSOR", message);
    }
    if (sizeOf(data.shape) > CAPTURED) {
      const message =
        `${where} from outside of the step; up to ${CAPTURED} elements are frozen as a ` +
        "constant, a larger one must be an input or a variable";
      throw this.#violation.report("ERR_CAPTURED_TENSOR", message);
    }
    return data.values ?? this.#readHandle(data.id);
  }

  #constant(dtype: number, shape: readonly number[], values: Values): RecordedTensor {
    const constant = { dtype, shape: [...shape], values: stored(dtype, values) };
    if (constant.values.length > CONSTANT) {
      const message =
        `it creates a constant of shape [${shape.join(", ")}]; above ${CONSTANT} ` +
        "elements it must be an input or a variable";
      throw this.#violation.report("ERR_CONSTANT_TOO_LARGE", message);
    }
    const ref = `c${this.constants.push(constant) - 1}`;
    return { ref, shape: constant.shape, dtype, constant };
  }
}

/** A copy of the values; of a constant that is filled with one value, that value. */
function stored(dtype: number, values: Values): Values {
  const filled =
    dtype !== DType.int64 &&
    values.length > 1 &&
    values.every((value) => Object.is(value, values[0]));
  return filled ? values.slice(0, 1) : values.slice();
}
