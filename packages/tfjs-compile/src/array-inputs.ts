// Inputs that a run is given as typed arrays instead of tensors. Arrays have no shape, so theirs are
// declared.
import * as tf from "@tensorflow/tfjs";
import { ProgramError } from "./errors.ts";
import type { ResolvedSpec, Signature } from "./inputs.ts";
import { DType, inputTensorType, type NodeBackend, sizeOf } from "./node-backend.ts";
import type { ArrayInput, Inputs, Tensors } from "./program.ts";

/** The element type that an array is given as. */
export const arrayDtype = (array: ArrayInput): "uint8" | "float32" | "int32" =>
  array instanceof Uint8Array ? "uint8" : array instanceof Float32Array ? "float32" : "int32";

export const isArrayInput = (input: unknown): input is ArrayInput =>
  input instanceof Float32Array || input instanceof Uint8Array || input instanceof Int32Array;

/** The inputs that are declared of an entry. */
export class DeclaredShapes {
  readonly #entry: string;
  readonly #specs = new Map<string, ResolvedSpec[]>();

  constructor(entry: string) {
    this.#entry = entry;
  }

  declare(inputs: Signature): void {
    for (const [name, spec] of inputs) {
      this.#specs.set(name, [...(this.#specs.get(name) ?? []), spec]);
    }
  }

  /**
   * Shape and element type of an array: a declared shape of its length, else a declared one with
   * another number of rows. Bytes may stand for float32, and float32 for bytes.
   *
   * @throws {@link ProgramError} `ERR_INPUT_TENSOR` where the input is not declared, `ERR_INPUT_DTYPE`
   * where it is declared to be of other elements, `ERR_INPUT_SHAPE` where no declared shape fits.
   */
  specOf(name: string, array: ArrayInput): ResolvedSpec {
    const entry = this.#entry;
    const specs = this.#specs.get(name);
    if (specs === undefined) {
      const message =
        `expected input \`${name}\` to be a tensor, got a ${array.constructor.name}; arrays need ` +
        "its shape in `specs`";
      throw new ProgramError("ERR_INPUT_TENSOR", message, { entry });
    }
    const dtype = arrayDtype(array);
    const fitting = specs.filter((spec) => carries(spec, dtype));
    if (fitting.length === 0) {
      const message = `expected input \`${name}\` to have dtype ${specs[0]!.dtype}, got ${dtype}`;
      throw new ProgramError("ERR_INPUT_DTYPE", message, { entry });
    }
    const shapes = fitting.map(({ shape }) => shape);
    const shape = shapes.find((s) => sizeOf(s) === array.length) ?? otherRows(shapes, array.length);
    if (shape !== undefined) return { shape, dtype };
    const list = shapes.map((s) => `[${s.join(", ")}]`).join(" or ");
    const message = `expected input \`${name}\` to be rows of ${list}, got ${array.length} elements`;
    throw new ProgramError("ERR_INPUT_SHAPE", message, { entry });
  }
}

/** Whether an array of `dtype` can be an input that is declared so: the step sees the same. */
const carries = (
  { dtype: declared }: ResolvedSpec,
  dtype: "uint8" | "float32" | "int32",
): boolean => inputTensorType(declared) === inputTensorType(dtype);

function otherRows(
  shapes: readonly (readonly number[])[],
  length: number,
): readonly number[] | undefined {
  for (const [, ...row] of shapes.filter(({ length: rank }) => rank > 0)) {
    if (length % sizeOf(row) === 0) return [length / sizeOf(row), ...row];
  }
  return undefined;
}

/** The inputs as a step that is called takes them; the caller disposes what is made of arrays. */
export function asTensors(inputs: Inputs, signature: Signature): Tensors {
  const tensors = Object.entries(inputs).map(([name, input]) => {
    if (!isArrayInput(input)) return [name, input];
    const { shape, dtype } = signature.get(name)!;
    const numbers = input instanceof Uint8Array ? new Float32Array(input) : input;
    return [name, tf.tensor(numbers, [...shape], dtype === "int32" ? "int32" : "float32")];
  });
  return Object.fromEntries(tensors) as Tensors;
}

/**
 * Hands `body` TensorFlow's handles of the inputs, in the order of the signature. Arrays have theirs
 * only while it runs.
 */
export function withHandles<T>(
  backend: NodeBackend,
  inputs: Inputs,
  signature: Signature,
  body: (handles: number[]) => T,
): T {
  const { binding } = backend;
  const temporary: number[] = [];
  const handles: number[] = [];
  try {
    for (const [name, { shape }] of signature) {
      const input = inputs[name]!;
      if (isArrayInput(input)) {
        const handle = binding.createTensor(shape, DType[arrayDtype(input)], input);
        temporary.push(handle);
        handles.push(handle);
      } else {
        handles.push(backend.getInputTensorIds([input])[0]!);
      }
    }
    return body(handles);
  } finally {
    for (const handle of temporary) binding.deleteTensor(handle);
  }
}
