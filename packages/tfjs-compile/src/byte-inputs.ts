// Inputs that a run is given as bytes. tfjs has no tensors of bytes, so their shapes are declared.
import * as tf from "@tensorflow/tfjs";
import { ProgramError } from "./errors.ts";
import type { Signature } from "./inputs.ts";
import { DType, type NodeBackend, sizeOf } from "./node-backend.ts";
import type { Inputs, Tensors } from "./program.ts";

/** The shapes that are declared of an entry's byte inputs. */
export class ByteShapes {
  readonly #entry: string;
  readonly #shapes = new Map<string, (readonly number[])[]>();

  constructor(entry: string) {
    this.#entry = entry;
  }

  declare(inputs: Signature): void {
    for (const [name, { shape, dtype }] of inputs) {
      if (dtype !== "uint8") continue;
      this.#shapes.set(name, [...(this.#shapes.get(name) ?? []), shape]);
    }
  }

  /**
   * The shape of `length` bytes: a declared one of that size, else a declared one with another
   * number of rows.
   *
   * @throws {@link ProgramError} `ERR_INPUT_TENSOR` where the input is not declared to be bytes,
   * `ERR_INPUT_SHAPE` where no declared shape fits.
   */
  shapeOf(name: string, length: number): readonly number[] {
    const entry = this.#entry;
    const shapes = this.#shapes.get(name);
    if (shapes === undefined) {
      const message =
        `expected input \`${name}\` to be a tensor, got a Uint8Array; bytes need its shape and ` +
        'dtype "uint8" in `specs`';
      throw new ProgramError("ERR_INPUT_TENSOR", message, { entry });
    }
    const same = shapes.find((shape) => sizeOf(shape) === length);
    if (same !== undefined) return same;
    for (const [, ...row] of shapes.filter(({ length: rank }) => rank > 0)) {
      if (length % sizeOf(row) === 0) return [length / sizeOf(row), ...row];
    }
    const list = shapes.map((shape) => `[${shape.join(", ")}]`).join(" or ");
    const message = `expected input \`${name}\` to be rows of ${list}, got ${length} bytes`;
    throw new ProgramError("ERR_INPUT_SHAPE", message, { entry });
  }
}

/** The inputs as a step that is called takes them; the caller disposes what is made of bytes. */
export function asTensors(inputs: Inputs, signature: Signature): Tensors {
  const tensors = Object.entries(inputs).map(([name, input]) => {
    if (!(input instanceof Uint8Array)) return [name, input];
    return [name, tf.tensor(new Float32Array(input), [...signature.get(name)!.shape])];
  });
  return Object.fromEntries(tensors) as Tensors;
}

/**
 * Hands `body` TensorFlow's handles of the inputs, in the order of the signature. Bytes have theirs
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
  try {
    const handles = [...signature].map(([name, { shape }]) => {
      const input = inputs[name]!;
      if (!(input instanceof Uint8Array)) return backend.getInputTensorIds([input])[0]!;
      const handle = binding.createTensor(shape, DType.uint8, input);
      temporary.push(handle);
      return handle;
    });
    return body(handles);
  } finally {
    for (const handle of temporary) binding.deleteTensor(handle);
  }
}
