// What TypeScript knows of a program; the checks are made when this file is type-checked.
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, expectTypeOf, test } from "vitest";
import { compileProgram, type Values } from "../src/index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("names of entries, inputs, outputs and variables are checked", () => {
  const weight = tf.variable(tf.scalar(2));
  const program = compileProgram({
    variables: { weight },
    entries: {
      double: ({ x }: { x: tf.Tensor1D }) => ({ y: tf.mul(x, weight) as tf.Tensor1D }),
      weight: () => ({ value: tf.clone(weight) as tf.Tensor }),
    },
    specs: { double: [{ x: { shape: [2] } }] },
  });
  const x = tf.tensor1d([1, 2]);

  const { y } = program.run("double", { x });
  expectTypeOf(y).toEqualTypeOf<tf.Tensor1D>();
  expectTypeOf(program.read).returns.toEqualTypeOf<Record<"weight", Values>>();
  expect([...y.dataSync()]).toEqual([2, 4]);
  expect(program.run("weight", {}).value.dataSync()[0]).toBe(2);

  // @ts-expect-error no such entry
  expect(() => program.run("treble", { x })).toThrow();
  // @ts-expect-error no such input
  expect(() => program.run("double", { z: x })).toThrow();
  // @ts-expect-error an input is missing
  expect(() => program.run("double", {})).toThrow();
  // @ts-expect-error not a tensor
  expect(() => program.run("double", { x: 1 })).toThrow();
  // @ts-expect-error no such variable
  expect(() => program.read(["bias"])).toThrow();
  // @ts-expect-error no such output
  expect(program.run("double", { x }).z).toBeUndefined();
});
