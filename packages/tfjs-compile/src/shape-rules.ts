// The shapes of the operations that take long to run and are many in a network, computed. What a
// rule does not know it leaves to running the operation, which also finds the errors.
import { sizeOf } from "./node-backend.ts";
import type { TensorFact } from "./shape-inference.ts";

type Shape = readonly number[];
type Attributes = Readonly<Record<string, unknown>>;
type Rule = (inputs: readonly TensorFact[], attributes: Attributes) => Shape[] | undefined;

const same = (a: Shape, b: Shape): boolean => a.join() === b.join();

const likeFirst: Rule = ([x]) => [x!.shape];

const likeBoth: Rule = ([a, b]) => (same(a!.shape, b!.shape) ? [a!.shape] : undefined);

const elementwise: Rule = ([a, b]) => {
  const [longer, shorter] = [a!.shape, b!.shape].sort((s, t) => t.length - s.length);
  const start = longer!.length - shorter!.length;
  const fits = shorter!.every((size, i) => size === longer![start + i]);
  return fits ? [longer!] : undefined;
};

/** The values of a constant that lists every element. */
function listed({ constant, shape }: TensorFact): number[] | undefined {
  if (constant === undefined) return undefined;
  const { values } = constant;
  return values.length === sizeOf(shape) ? [...values] : Array(sizeOf(shape)).fill(values[0]);
}

const convolution: Rule = ([x, filter], attributes) => {
  const { padding, data_format: format = "NHWC" } = attributes;
  const strides = attributes.strides as number[] | undefined;
  const dilations = (attributes.dilations ?? [1, 1, 1, 1]) as number[];
  const [n, height, width, channels] = x!.shape;
  const [filterHeight, filterWidth, inputs, outputs] = filter!.shape;
  if (format !== "NHWC" || strides?.length !== 4 || channels !== inputs) return undefined;
  if (padding !== "SAME" && padding !== "VALID") return undefined;
  const length = (size: number, window: number, axis: 1 | 2): number => {
    const lost = padding === "SAME" ? 0 : (window - 1) * dilations[axis]!;
    return Math.ceil((size - lost) / strides[axis]!);
  };
  const rows = length(height!, filterHeight!, 1);
  const columns = length(width!, filterWidth!, 2);
  return rows > 0 && columns > 0 ? [[n!, rows, columns, outputs!]] : undefined;
};

const convolutionOfInput: Rule = ([sizes, filter, dy], attributes) => {
  const shape = listed(sizes!);
  const x = shape && { shape, dtype: dy!.dtype };
  const forward = x && convolution([x, filter!], attributes)?.[0];
  return forward && same(forward, dy!.shape) ? [shape] : undefined;
};

const convolutionOfFilter: Rule = ([x, sizes, dy], attributes) => {
  const shape = listed(sizes!);
  const filter = shape && { shape, dtype: dy!.dtype };
  const forward = filter && convolution([x!, filter], attributes)?.[0];
  return forward && same(forward, dy!.shape) ? [shape] : undefined;
};

/** What only the gradient understands of the forward pass is empty on CPUs, as is what it gives up. */
const batchNorm =
  (reserved: readonly Shape[]): Rule =>
  ([x, ...channels], attributes) => {
    const { data_format: format = "NHWC", is_training: training = true } = attributes;
    const { exponential_avg_factor: share = 1 } = attributes;
    const c = [x!.shape[3]!];
    const statistics = training === false || share !== 1 ? c : [0];
    const expected = [c, c, statistics, statistics];
    const fits = channels.every(({ shape }, i) => same(shape, expected[i]!));
    return format === "NHWC" && fits ? [x!.shape, c, c, c, c, ...reserved] : undefined;
  };

const batchNormGradient: Rule = ([dy, x], { data_format: format = "NHWC" }) => {
  const c = [x!.shape[3]!];
  return format === "NHWC" && same(dy!.shape, x!.shape) ? [x!.shape, c, c, [], []] : undefined;
};

/** An axis that may be counted from the end; −1 where it is none of the shape's. */
function resolved(axis: TensorFact, { length }: Shape): number {
  const [value = length] = listed(axis) ?? [];
  return value >= length || value < -length ? -1 : (value + length) % length;
}

const concatenation: Rule = (inputs) => {
  const shapes = inputs.slice(0, -1).map(({ shape }) => shape);
  const axis = resolved(inputs.at(-1)!, shapes[0]!);
  const others = (shape: Shape): Shape => shape.filter((_, i) => i !== axis);
  if (axis < 0) return undefined;
  if (!shapes.every((shape) => same(others(shape), others(shapes[0]!)))) return undefined;
  const length = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
  return [shapes[0]!.map((size, i) => (i === axis ? length : size))];
};

const split: Rule = ([x, sizes, axis]) => {
  const lengths = listed(sizes!);
  const along = resolved(axis!, x!.shape);
  if (lengths?.reduce((a, b) => a + b, 0) !== x!.shape[along]) return undefined;
  return lengths?.map((length) => x!.shape.map((size, i) => (i === along ? length : size)));
};

const RULES: Readonly<Record<string, Rule>> = {
  Add: elementwise,
  AddV2: elementwise,
  ConcatV2: concatenation,
  Conv2D: convolution,
  Conv2DBackpropFilter: convolutionOfFilter,
  Conv2DBackpropInput: convolutionOfInput,
  FusedBatchNormGradV3: batchNormGradient,
  FusedBatchNorm: batchNorm([]),
  FusedBatchNormV3: batchNorm([[0]]),
  Mul: elementwise,
  RealDiv: elementwise,
  Relu: likeFirst,
  ReluGrad: likeBoth,
  SplitV: split,
  Sub: elementwise,
};

/** The shapes of an operation's outputs, where a rule knows them. */
export function knownShapes(
  name: string,
  inputs: readonly TensorFact[],
  attributes: Attributes,
  outputs: number,
): Shape[] | undefined {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  const shapes = rule?.(inputs, attributes);
  return shapes?.length === outputs ? shapes : undefined;
}
