// Zeros around images as a part of the convolution after them.
import type { RecordedOp, Ref } from "../recording.ts";
import type { Draft } from "./draft.ts";
import { countUses } from "./uses.ts";

/**
 * A convolution without padding, of images that zeros were put around for it alone, pads them itself.
 * Where a gradient takes the padded images as well they are there anyway; and oneDNN has no gradients
 * of convolutions with explicit padding.
 */
export function lowerPadding(draft: Draft): void {
  const uses = countUses(draft);
  for (const [i, op] of draft.ops.entries()) {
    if (op.name !== "Conv2D" || op.attributes.padding?.value !== "VALID") continue;
    if ((op.attributes.data_format?.value ?? "NHWC") !== "NHWC") continue;
    const [padded, filter] = op.inputs as [Ref, Ref];
    const images = uses.get(padded) === 1 ? paddedImages(draft, padded) : undefined;
    if (images !== undefined) draft.ops[i] = paddedConvolution(op, images, filter);
  }
}

interface Padded {
  readonly images: Ref;
  /** Before and after, axis by axis. */
  readonly padding: readonly number[];
}

const paddedConvolution = (
  op: RecordedOp,
  { images, padding }: Padded,
  filter: Ref,
): RecordedOp => ({
  ...op,
  inputs: [images, filter],
  attributes: {
    ...op.attributes,
    padding: { kind: "string", value: "EXPLICIT" },
    explicit_paddings: { kind: "ints", value: padding },
  },
});

/** What zeros were put around, in rows and columns only. */
function paddedImages(draft: Draft, ref: Ref): Padded | undefined {
  const [images, paddings, value] = draft.op(ref, "PadV2")?.inputs ?? [];
  if (images === undefined || draft.constant(value!)?.[0] !== 0) return undefined;
  const padding = draft.constant(paddings!);
  if (padding?.length !== 8) return undefined;
  const [n0, n1, , , , , c0, c1] = padding;
  return [n0, n1, c0, c1].every((extra) => extra === 0) ? { images, padding } : undefined;
}
