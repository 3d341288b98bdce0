import { expect, test } from "vitest";
import { DType } from "../src/node-backend.ts";
import { checkRepeatable, type Recording } from "../src/recording.ts";

const base: Recording = {
  entry: "step",
  inputs: new Map(),
  constants: [{ dtype: DType.float32, shape: [2], values: Float32Array.of(0, Number.NaN) }],
  ops: [
    {
      name: "Add",
      attributes: { T: { kind: "type", value: 1 } },
      inputs: ["i0", "c0"],
      outputs: [],
    },
  ],
  outputs: [{ name: "y", ref: "o0:0", dtype: DType.float32 }],
  updates: [{ variable: 0, ref: "o0:0" }],
};

test("a recording equals itself, NaN included", () => {
  const copy = {
    ...base,
    constants: [{ ...base.constants[0]!, values: Float32Array.of(0, Number.NaN) }],
  };
  expect(() => checkRepeatable(base, copy)).not.toThrow();
});

const constant = (values: Float32Array, shape = [2]): Partial<Recording> => ({
  constants: [{ dtype: DType.float32, shape, values }],
});

test.each<[string, string, Partial<Recording>]>([
  ["a missing operation", "ERR_DATA_DEPENDENT", { ops: [] }],
  ["another operation", "ERR_DATA_DEPENDENT", { ops: [{ ...base.ops[0]!, name: "Mul" }] }],
  ["another input", "ERR_DATA_DEPENDENT", { ops: [{ ...base.ops[0]!, inputs: ["i0", "i0"] }] }],
  ["another output", "ERR_DATA_DEPENDENT", { outputs: [] }],
  ["another update", "ERR_DATA_DEPENDENT", { updates: [] }],
  ["another constant", "ERR_NOT_REPEATABLE", constant(Float32Array.of(1, Number.NaN))],
  ["another sign of zero", "ERR_NOT_REPEATABLE", constant(Float32Array.of(-0, Number.NaN))],
  ["another shape", "ERR_NOT_REPEATABLE", constant(Float32Array.of(0, Number.NaN), [1, 2])],
  ["another attribute", "ERR_NOT_REPEATABLE", { ops: [{ ...base.ops[0]!, attributes: {} }] }],
])("%s is noticed", (_, code, change) => {
  const error = expect.objectContaining({ code, entry: "step" });
  expect(() => checkRepeatable(base, { ...base, ...change })).toThrow(error);
});
