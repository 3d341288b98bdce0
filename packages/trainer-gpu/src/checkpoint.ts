// The network's tensors as PyTorch names and lays them out, and back.
import type { StoredTensor, TensorMap } from "@sd/runs";
import { TrainerError } from "./errors.ts";
import type { Model, TensorSpec } from "./models/model.ts";

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

/** A network's tensors, as far as a checkpoint is concerned. */
type NetworkTensors = Pick<Model, "parameters" | "buffers">;

const specsOf = ({ parameters, buffers }: NetworkTensors): readonly TensorSpec[] => [
  ...parameters,
  ...buffers,
];

function toTorch({ torch }: TensorSpec, values: Float32Array): TensorMap[string] {
  const { dtype = "F32", shape } = torch;
  const data = permuteAxes(values, torch.view, torch.permutation);
  if (dtype === "F32") return { dtype, shape: [...shape], data };
  const integers = BigInt64Array.from(data, (value) => BigInt(Math.round(value)));
  return { dtype, shape: [...shape], data: integers };
}

function fromTorch({ torch }: TensorSpec, { data }: StoredTensor): Float32Array {
  const shape = torch.permutation.map((axis) => torch.view[axis]!);
  const values = data instanceof BigInt64Array ? Float32Array.from(data, Number) : data;
  return permuteAxes(values as Float32Array, shape, inverse(torch.permutation));
}

/**
 * The tensors of `model` in PyTorch's names, layouts and types, each name behind `prefix`: without
 * one, a `state_dict`.
 */
export function packWeights(model: NetworkTensors, weights: Arrays, prefix = ""): TensorMap {
  return Object.fromEntries(
    specsOf(model).map((spec) => [`${prefix}${spec.name}`, toTorch(spec, weights[spec.name]!)]),
  );
}

/**
 * The inverse of {@link packWeights}.
 *
 * @throws TrainerError `BAD_CHECKPOINT` where a tensor is missing or has another shape or type,
 *   naming it.
 */
export function unpackWeights(
  model: NetworkTensors,
  tensors: Readonly<Record<string, StoredTensor>>,
  prefix = "",
): Record<string, Float32Array> {
  return Object.fromEntries(
    specsOf(model).map((spec) => {
      const name = `${prefix}${spec.name}`;
      const tensor = tensors[name];
      const wanted = `${spec.torch.dtype ?? "F32"} [${spec.torch.shape.join(", ")}]`;
      const got = tensor && `${tensor.dtype} [${tensor.shape.join(", ")}]`;
      if (got !== wanted) {
        throw new TrainerError(
          "BAD_CHECKPOINT",
          `tensor \`${name}\`: expected ${wanted}, got ${got ?? "none"}`,
        );
      }
      return [spec.name, fromTorch(spec, tensor!)];
    }),
  );
}
