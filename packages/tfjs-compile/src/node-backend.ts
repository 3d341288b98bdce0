// The part of tfjs-node's backend that recording needs. Most of it is private there; it has not
// changed since tfjs 3, and this file is the only one that knows it.
import type * as tf from "@tensorflow/tfjs";

/** Element types, numbered as in TensorFlow's `DataType`. */
export const DType = { float32: 1, int32: 3, uint8: 4, string: 7, int64: 9, bool: 10 } as const;

/** The element types that a program carries. */
export type ProgramDType = "float32" | "int32" | "bool";

/** The element types of a program's inputs: bytes as well, which tfjs has no tensors of. */
export type InputDType = ProgramDType | "uint8";

/** The typed arrays that tfjs keeps their values in. */
export type Values = Float32Array | Int32Array | Uint8Array;

/**
 * An attribute of an operation, as tfjs-node's kernels write it. `type` is one of the binding's
 * `TF_ATTR_…`.
 */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor as the binding reports it. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The native addon. */
export interface Binding {
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  /** The operations, by name, that @sd/tfjs-native has added to TensorFlow's on the processor. */
  readonly ownOperations?: ReadonlySet<string>;
  createTensor(shape: readonly number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(
    session: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[];
}

/**
 * What the backend keeps for a tensor's data. Until `values` is null they have not reached
 * TensorFlow.
 */
export interface TensorRecord {
  readonly shape: number[];
  readonly dtype: number;
  id: number;
  values: Values | null;
  refCount: number;
}

/** tfjs-node's backend. */
export interface NodeBackend extends tf.KernelBackend {
  binding: Binding;
  readonly tensorMap: { get(dataId: tf.DataId): TensorRecord };
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  executeSingleOutput(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
  move(
    dataId: tf.DataId,
    values: Values,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void;
}

/** Whether the backend is tfjs-node's, on whatever TensorFlow. */
export function isNodeBackend(backend: unknown): backend is NodeBackend {
  const candidate = backend as Partial<NodeBackend> | null;
  return (
    typeof candidate?.createOutputTensor === "function" &&
    typeof candidate.getInputTensorIds === "function" &&
    typeof candidate.binding?.executeOp === "function" &&
    typeof candidate.binding.runSavedModel === "function"
  );
}

/** An attribute `name` whose value is an element type. */
export function typeAttribute(binding: Binding, name: string, dtype: number): OpAttribute {
  return { name, type: binding.TF_ATTR_TYPE, value: dtype };
}

/** TensorFlow's number for a dtype of tfjs, or undefined for one that programs do not carry. */
export function dtypeNumber(dtype: string): number | undefined {
  return dtype === "float32" || dtype === "int32" || dtype === "bool" ? DType[dtype] : undefined;
}

/** TensorFlow's number for the tensor that a step sees of an input: numbers, where it is bytes. */
export const inputTensorType = (dtype: InputDType): number =>
  DType[dtype === "uint8" ? "float32" : dtype];

/** tfjs's name for TensorFlow's number. */
export function dtypeName(dtype: number): string {
  return Object.entries(DType).find(([, n]) => n === dtype)?.[0] ?? `TensorFlow type ${dtype}`;
}

/**
 * Zeros of a TensorFlow element type; int64 is two 32-bit words an element, as the binding takes
 * it.
 */
export function zeros(dtype: number, size: number): Values {
  if (dtype === DType.int64) return new Int32Array(2 * size);
  if (dtype === DType.int32) return new Int32Array(size);
  return dtype === DType.bool ? new Uint8Array(size) : new Float32Array(size);
}

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
