// Batch normalisation by fixed statistics, as when evaluating, inside of the convolution before it.
import { DType } from "../node-backend.ts";
import type { RecordedOp, Ref } from "../recording.ts";
import { type Draft, FLOAT } from "./draft.ts";
import { countUses } from "./uses.ts";

/**
 * A convolution of which only a normalisation takes the result becomes a convolution with a scaled
 * filter and a bias, which TensorFlow joins with the addition and the ReLU after it.
 */
export function foldBatchNorms(draft: Draft): void {
  const uses = countUses(draft);
  for (const [i, op] of draft.ops.entries()) {
    const convolution = foldable(draft, op, i, uses);
    if (convolution !== undefined) draft.ops[i] = folded(draft, op, convolution);
  }
}

/** The convolution before a normalisation that can be part of it. */
function foldable(
  draft: Draft,
  { name, attributes, inputs, outputs }: RecordedOp,
  i: number,
  uses: ReadonlyMap<Ref, number>,
): RecordedOp | undefined {
  if (name !== "FusedBatchNorm" && name !== "FusedBatchNormV3") return undefined;
  if (attributes.is_training?.value !== false) return undefined;
  if ((attributes.data_format?.value ?? "NHWC") !== "NHWC") return undefined;
  const [x] = inputs as [Ref];
  const others = outputs.slice(1).some((_, k) => uses.has(`o${i}:${k + 1}`));
  return others || uses.get(x) !== 1 ? undefined : draft.op(x, "Conv2D");
}

function folded(
  draft: Draft,
  { attributes, inputs, outputs }: RecordedOp,
  convolution: RecordedOp,
): RecordedOp {
  const [, scale, offset, mean, variance] = inputs as [Ref, Ref, Ref, Ref, Ref];
  const [images, filter] = convolution.inputs as [Ref, Ref];
  const channels = draft.typeOf(scale);
  const vector = (name: string, ...operands: Ref[]): Ref => draft.append(name, operands, channels);
  const epsilon = draft.add("float32", [], [attributes.epsilon!.value as number]);
  const factor = vector("Mul", scale, vector("Rsqrt", vector("AddV2", variance, epsilon)));
  const bias = vector("Sub", offset, vector("Mul", mean, factor));
  const scaled = draft.append("Mul", [filter, factor], draft.typeOf(filter));
  const output = { shape: outputs[0]!.shape, dtype: DType.float32 };
  const number =
    draft.ops.push({ ...convolution, inputs: [images, scaled], outputs: [output] }) - 1;
  return {
    name: "BiasAdd",
    attributes: { T: FLOAT, data_format: { kind: "string", value: "NHWC" } },
    inputs: [`o${number}:0`, bias],
    outputs: [output],
  };
}
