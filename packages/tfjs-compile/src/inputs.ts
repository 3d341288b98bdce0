// Checks the inputs of a run, and tells one set of shapes from another.
import * as tf from "@tensorflow/tfjs";
import { arrayDtype, type DeclaredShapes, isArrayInput } from "./array-inputs.ts";
import { ProgramError } from "./errors.ts";
import { dtypeNumber, type InputDType, inputTensorType, sizeOf } from "./node-backend.ts";
import type { InputSpec, Inputs } from "./program.ts";

/** An input with its element type settled. */
export interface ResolvedSpec {
  readonly shape: readonly number[];
  readonly dtype: InputDType;
}

/** The inputs of an entry at one set of shapes, by name in sorted order. */
export type Signature = ReadonlyMap<string, ResolvedSpec>;

/** The signature that declared specs describe. */
export function declaredSignature(
  entry: string,
  specs: { readonly [name: string]: InputSpec },
): Signature {
  return signature(entry, specs, ({ shape, dtype = "float32" }) => ({ shape, dtype }));
}

/** The signature of actual tensors and arrays. */
export function signatureOf(entry: string, inputs: Inputs, declared: DeclaredShapes): Signature {
  return signature(entry, inputs, (tensor, name) => {
    if (isArrayInput(tensor)) return declared.specOf(name, tensor);
    if (!(tensor instanceof tf.Tensor)) {
      const message = `expected input \`${name}\` to be a tensor, got ${typeof tensor}`;
      throw new ProgramError("ERR_INPUT_TENSOR", message, { entry });
    }
    if (tensor.isDisposed) {
      throw new ProgramError("ERR_INPUT_TENSOR", `input \`${name}\` is disposed`, { entry });
    }
    return { shape: tensor.shape, dtype: tensor.dtype as InputDType };
  });
}

function signature<T>(
  entry: string,
  inputs: { readonly [name: string]: T },
  resolve: (input: T, name: string) => ResolvedSpec,
): Signature {
  const names = Object.keys(inputs ?? {}).sort();
  return new Map(
    names.map((name) => {
      const { shape, dtype } = resolve(inputs[name]!, name);
      if (dtype !== "uint8" && dtypeNumber(dtype) === undefined) {
        const carried = "programs carry float32, int32 and bool";
        const message = `input \`${name}\` has dtype ${dtype}; ${carried}`;
        throw new ProgramError("ERR_DTYPE", message, { entry });
      }
      if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
        const message = `input \`${name}\` has shape [${shape}]; sizes are fixed and at least 0`;
        throw new ProgramError("ERR_INPUT_SHAPE", message, { entry });
      }
      return [name, { shape: [...shape], dtype }];
    }),
  );
}

/** Whether inputs are of that signature, which is faster to ask than theirs is to make. */
export function hasSignature(inputs: Inputs, expected: Signature): boolean {
  let count = 0;
  for (const name in inputs) if (Object.hasOwn(inputs, name)) count++;
  if (count !== expected.size) return false;
  for (const [name, { shape, dtype }] of expected) {
    const input = inputs[name];
    if (isArrayInput(input)) {
      if (arrayDtype(input) !== dtype || input.length !== sizeOf(shape)) return false;
    } else if (!(input instanceof tf.Tensor) || input.isDisposed || input.dtype !== dtype) {
      return false;
    } else if (input.rank !== shape.length || shape.some((size, i) => size !== input.shape[i])) {
      return false;
    }
  }
  return true;
}

/** One string for each entry and set of shapes. */
export function signatureKey(entry: string, inputs: Signature): string {
  return JSON.stringify([entry, ...inputs]);
}

/**
 * Holds an entry to the inputs that it was first seen with: names, ranks and the dtypes that the step
 * sees stay, sizes may change.
 */
export class InputContract {
  readonly #entry: string;
  #first: Signature | undefined;

  constructor(entry: string) {
    this.#entry = entry;
  }

  /** @throws {@link ProgramError} `ERR_INPUT_NAMES`, `ERR_INPUT_DTYPE` or `ERR_INPUT_SHAPE`. */
  check(inputs: Signature): void {
    const first = this.#first;
    if (first === undefined) return;
    const entry = this.#entry;
    const [expected, given] = [[...first.keys()], [...inputs.keys()]];
    if (expected.join() !== given.join()) {
      const message = `expected the inputs ${listed(expected)}, got ${listed(given)}`;
      throw new ProgramError("ERR_INPUT_NAMES", message, { entry });
    }
    for (const [name, { shape, dtype }] of inputs) {
      const before = first.get(name)!;
      if (inputTensorType(before.dtype) !== inputTensorType(dtype)) {
        const message = `expected input \`${name}\` to have dtype ${before.dtype}, got ${dtype}`;
        throw new ProgramError("ERR_INPUT_DTYPE", message, { entry });
      }
      if (before.shape.length !== shape.length) {
        const message =
          `expected input \`${name}\` to have rank ${before.shape.length}, got shape ` +
          `[${shape}]`;
        throw new ProgramError("ERR_INPUT_SHAPE", message, { entry });
      }
    }
  }

  /** Remembers the inputs of the first run that succeeded. */
  accept(inputs: Signature): void {
    this.#first ??= inputs;
  }
}

/** Names in a message: `` `images`, `targets` ``. */
export const listed = (names: readonly string[]): string =>
  names.length === 0 ? "(none)" : names.map((name) => `\`${name}\``).join(", ");
