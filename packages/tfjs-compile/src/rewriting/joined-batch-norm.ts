// Batch normalisation in training together with what stands around it, as operations of @sd/tfjs-native: they read and
// write memory once where TensorFlow's do so for normalisation, addition and ReLU each.
import { DType } from "../node-backend.ts";
import type { RecordedOp, Ref, TensorType } from "../recording.ts";
import { type Draft, FLOAT } from "./draft.ts";
import {
  ADDITIONS,
  type Before,
  comesFrom,
  lookAt,
  onlyTaker,
  otherOperand,
  sameShape,
} from "./neighbours.ts";

/**
 * Every `FusedBatchNormV3` in training becomes `SdBatchNorm`, with the addition and the ReLU that
 * alone take its result; its gradient becomes `SdBatchNormGradient`, with the ReLU's gradient, the
 * sum of two gradients before it and the addition that alone takes the gradient of the input. Each of
 * these is then left out of the graph, as nothing takes it any more.
 */
export function joinBatchNorms(draft: Draft): void {
  const before = lookAt(draft);
  for (const [i, op] of draft.ops.entries()) {
    if (isJoinable(before, op, i)) joinOne(before, op, i);
  }
  draft.substitute((ref) => before.replaced.get(ref) ?? ref);
}

const GRADIENT = "FusedBatchNormGradV3";

/** Whether an operation normalises in training, and only gradients take what it keeps for them. */
function isJoinable(before: Before, { name, attributes, inputs }: RecordedOp, i: number): boolean {
  const { draft } = before;
  if (name !== "FusedBatchNormV3" || attributes.is_training?.value !== true) return false;
  if ((attributes.data_format?.value ?? "NHWC") !== "NHWC") return false;
  if (draft.typeOf(inputs[0]!).dtype !== DType.float32) return false;
  return keptFor(before, i).every((taker) => draft.ops[taker]!.name === GRADIENT);
}

/** The operations, by number, that take what normalisation `i` keeps for its gradients. */
const keptFor = ({ takers }: Before, i: number): readonly number[] => [
  ...new Set([3, 4, 5].flatMap((k) => takers.get(`o${i}:${k}`) ?? [])),
];

/** The addition and the ReLU after a normalisation, as far as they can be part of it. */
interface After {
  readonly side?: Ref;
  /** The number of the ReLU. */
  readonly relu?: number;
}

function whatFollows(before: Before, i: number): After {
  const { draft } = before;
  const output = `o${i}:0`;
  const relu = onlyTaker(before, output, ["Relu"]);
  if (relu !== undefined) return { relu };
  const addition = onlyTaker(before, output, ADDITIONS);
  const side = addition === undefined ? undefined : otherOperand(before, addition, output);
  if (addition === undefined || side === undefined || comesFrom(draft, side, i)) return {};
  const later = onlyTaker(before, `o${addition}:0`, ["Relu"]);
  return later === undefined ? {} : { side, relu: later };
}

function joinOne(before: Before, { attributes, inputs, outputs }: RecordedOp, i: number): void {
  const { draft, replaced } = before;
  const { side, relu } = whatFollows(before, i);
  const [output, mean] = outputs as [TensorType, TensorType];
  for (const gradient of keptFor(before, i)) joinGradient(before, i, relu, gradient);
  draft.ops[i] = {
    name: "SdBatchNorm",
    attributes: {
      epsilon: attributes.epsilon!,
      momentum: attributes.exponential_avg_factor ?? { kind: "float", value: 1 },
      relu: { kind: "bool", value: relu !== undefined },
      M: { kind: "int", value: side === undefined ? 0 : 1 },
    },
    inputs: [...inputs, ...(side === undefined ? [] : [side])],
    outputs: [output, mean, mean, mean, mean],
  };
  if (relu !== undefined) replaced.set(`o${relu}:0`, `o${i}:0`);
}

/** The gradient of normalisation `i`, whose ReLU is operation `relu`. */
function joinGradient(before: Before, i: number, relu: number | undefined, gradient: number): void {
  const { draft, uses, replaced } = before;
  const { inputs, outputs } = draft.ops[gradient]!;
  const [given, x, scale] = inputs as [Ref, Ref, Ref];
  const passed = relu === undefined ? undefined : draft.op(given, "ReluGrad");
  const ofRelu = passed !== undefined && passed.inputs[1] === `o${relu}:0`;
  const dy = ofRelu ? passed.inputs[0]! : given;
  const keep = ofRelu && uses.get(given) !== 1;
  const addends = keep ? [] : addedAfter(before, gradient);
  const gradients = summands(before, dy);
  draft.ops[gradient] = {
    name: "SdBatchNormGradient",
    attributes: {
      relu: { kind: "bool", value: ofRelu },
      keep: { kind: "bool", value: keep },
      N: { kind: "int", value: gradients.length },
      M: { kind: "int", value: addends.length },
    },
    inputs: [...gradients, x, scale, `o${i}:3`, `o${i}:4`, ofRelu ? `o${i}:0` : x, ...addends],
    outputs: [...outputs.slice(0, 3), draft.typeOf(x)],
  };
  if (keep) replaced.set(given, `o${gradient}:3`);
}

/** The two gradients of which one is the sum, where nothing else takes the sum. */
function summands({ draft, uses, joined }: Before, dy: Ref): readonly Ref[] {
  const addition = draft.numberOf(dy);
  const sum = uses.get(dy) === 1 ? draft.op(dy, ...ADDITIONS) : undefined;
  if (sum === undefined || joined.has(addition)) return [dy];
  const [a, b] = sum.inputs as [Ref, Ref];
  if (!sameShape(draft.typeOf(a), draft.typeOf(b))) return [dy];
  joined.add(addition);
  return [a, b];
}

/** What is added to a gradient of the input, which takes the sum's place. */
function addedAfter(before: Before, gradient: number): readonly Ref[] {
  const { draft, joined, replaced } = before;
  const dx = `o${gradient}:0`;
  const addition = onlyTaker(before, dx, ADDITIONS);
  if (addition === undefined || joined.has(addition)) return [];
  const addend = otherOperand(before, addition, dx);
  if (addend === undefined || comesFrom(draft, addend, gradient)) return [];
  joined.add(addition);
  replaced.set(`o${addition}:0`, dx);
  return [wholeOf(before, addend)];
}

/**
 * The tensor whose first channels are a gradient that nothing else takes, as of a concatenation: it is
 * read where it lies, and the other parts are sliced out. The gradient itself where it is none.
 */
function wholeOf({ draft, uses, replaced }: Before, gradient: Ref): Ref {
  const split = draft.op(gradient, "SplitV");
  if (split === undefined || uses.get(gradient) !== 1) return gradient;
  const [whole, , axis] = split.inputs as [Ref, Ref, Ref];
  const last = draft.typeOf(whole).shape.length - 1;
  if (![last, -1].includes(draft.constant(axis)?.[0] ?? 0)) return gradient;
  let first = draft.typeOf(gradient).shape[last]!;
  for (const [k, part] of split.outputs.entries()) {
    if (k === 0) continue;
    const begin = draft.add("int32", [last + 1], [...Array<number>(last).fill(0), first]);
    const size = draft.add("int32", [last + 1], part.shape);
    const op = { name: "Slice", attributes: SLICE, inputs: [whole, begin, size], outputs: [part] };
    replaced.set(`o${draft.numberOf(gradient)}:${k}`, `o${draft.ops.push(op) - 1}:0`);
    first += part.shape[last]!;
  }
  return whole;
}

const SLICE = { T: FLOAT, Index: { kind: "type", value: DType.int32 } } as const;
