import { DType } from "../node-backend.ts";
import { type Draft, FLOAT } from "./draft.ts";

/**
 * The gradient of a bias: sums over all axes but the last become TensorFlow's `BiasAddGrad`, which
 * is several times as fast.
 */
export function lowerBiasGradients(draft: Draft): void {
  for (const [i, { name, attributes, inputs, outputs }] of draft.ops.entries()) {
    if (name !== "Sum" || attributes.keep_dims?.value === true) continue;
    const [x, axes] = inputs as [string, string];
    const { shape, dtype } = draft.typeOf(x);
    if (shape.length < 2 || dtype !== DType.float32) continue;
    const reduced = draft.constant(axes)?.map((axis) => (axis < 0 ? axis + shape.length : axis));
    const others = shape.slice(1).map((_, axis) => axis);
    if (reduced?.sort((a, b) => a - b).join() !== others.join()) continue;
    const typed = { T: FLOAT, data_format: { kind: "string", value: "NHWC" } } as const;
    draft.ops[i] = { name: "BiasAddGrad", attributes: typed, inputs: [x], outputs };
  }
}
