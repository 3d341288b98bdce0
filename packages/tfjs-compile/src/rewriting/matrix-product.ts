import { DType } from "../node-backend.ts";
import { type Draft, FLOAT } from "./draft.ts";

/**
 * Products of two matrices, which tfjs-node gives as a batch of one product: as `MatMul` TensorFlow
 * joins them with the bias and the activation after them.
 */
export function lowerMatrixProducts(draft: Draft): void {
  for (const [i, op] of draft.ops.entries()) {
    if (op.name !== "BatchMatMulV2") continue;
    const types = op.inputs.map((ref) => draft.typeOf(ref));
    if (types.some(({ shape, dtype }) => shape.length !== 2 || dtype !== DType.float32)) continue;
    const { adj_x: transposeLeft, adj_y: transposeRight } = op.attributes;
    const attributes = { T: FLOAT, transpose_a: transposeLeft!, transpose_b: transposeRight! };
    draft.ops[i] = { ...op, name: "MatMul", attributes };
  }
}
