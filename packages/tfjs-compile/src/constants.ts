import type { TensorValue } from "./graph-def.ts";
import { DType, type Values } from "./node-backend.ts";

/** A constant with values of its own; one that is filled with one value keeps that value only. */
export function constantOf(dtype: number, shape: readonly number[], values: Values): TensorValue {
  const filled =
    dtype !== DType.int64 &&
    values.length > 1 &&
    values.every((value) => Object.is(value, values[0]));
  return { dtype, shape: [...shape], values: filled ? values.slice(0, 1) : values.slice() };
}
