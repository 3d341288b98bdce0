// The network's tensors as PyTorch names and lays them out, and back.
import type { StoredTensor, TensorMap } from "@sd/runs";
import { TrainerError } from "./errors.ts";
import type { Model, ParameterSpec } from "./models/model.ts";

type Arrays = Readonly<Record<string, Float32Array>>;

/** Row-major strides of a shape. */
function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) result[i] = result[i + 1]! * shape[i + 1]!;
  return result;
}

/**
 * Permutes the axes of a row-major array: axis i of the result is axis `permutation[i]` of `view`.
 *
 * @returns A new array of the same length.
 */
export function permuteAxes(
  data: Float32Array,
  view: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const from = strides(view);
  const shape = permutation.map((axis) => view[axis]!);
  const step = permutation.map((axis) => from[axis]!);
  const index = new Array<number>(shape.length).fill(0);
  const out = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at]!;
    // Counts up like an odometer, so that the source index changes by additions alone.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += step[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= step[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

const inverse = (permutation: readonly number[]): number[] =>
  permutation.map((_, axis) => permutation.indexOf(axis));

function toTorch({ torch }: ParameterSpec, data: Float32Array): Float32Array {
  return permuteAxes(data, torch.view, torch.permutation);
}

function fromTorch({ torch }: ParameterSpec, data: Float32Array): Float32Array {
  const shape = torch.permutation.map((axis) => torch.view[axis]!);
  return permuteAxes(data, shape, inverse(torch.permutation));
}

/** The weights of `model` as tensors in PyTorch's names and layouts, each name behind `prefix`. */
export function packWeights(
  { parameters }: Pick<Model, "parameters">,
  weights: Arrays,
  prefix = "",
): TensorMap {
  return Object.fromEntries(
    parameters.map((spec) => [
      `${prefix}${spec.name}`,
      {
        dtype: "F32" as const,
        shape: [...spec.torch.shape],
        data: toTorch(spec, weights[spec.name]!),
      },
    ]),
  );
}

/**
 * The inverse of {@link packWeights}.
 *
 * @throws TrainerError `BAD_CHECKPOINT` where a tensor is missing or has another shape or type, naming it.
 */
export function unpackWeights(
  { parameters }: Pick<Model, "parameters">,
  tensors: Readonly<Record<string, StoredTensor>>,
  prefix = "",
): Record<string, Float32Array> {
  return Object.fromEntries(
    parameters.map((spec) => {
      const name = `${prefix}${spec.name}`;
      const tensor = tensors[name];
      const wanted = `F32 [${spec.torch.shape.join(", ")}]`;
      const got = tensor && `${tensor.dtype} [${tensor.shape.join(", ")}]`;
      if (got !== wanted) {
        throw new TrainerError(
          "BAD_CHECKPOINT",
          `tensor \`${name}\`: expected ${wanted}, got ${got ?? "none"}`,
        );
      }
      return [spec.name, fromTorch(spec, tensor!.data as Float32Array)];
    }),
  );
}
