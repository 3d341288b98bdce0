import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { wave } from "../../../testing/wave.ts";
import { loadWasmBackend } from "../src/index.ts";
import { valuesOn } from "./both-backends.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

const flags = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;
// batch axes of a and b: none, one matrix, one matrix deeper, many
const batches: readonly (readonly [number[], number[]])[] = [
  [[], []],
  [[1], [1]],
  [
    [1, 1],
    [1, 1],
  ],
  [[3], [3]],
];
const cases = flags.flatMap(([ta, tb]) => batches.map(([a, b]) => ({ ta, tb, a, b })));

describe("matMul equals the cpu backend's", () => {
  test.each(cases)("transpose $ta, $tb, batches $a and $b", async ({ ta, tb, a, b }) => {
    const shapeA = [...a, ...(ta ? [5, 4] : [4, 5])];
    const shapeB = [...b, ...(tb ? [6, 5] : [5, 6])];
    const compute = () => {
      const left = tf.tensor(wave(shapeA, 1), shapeA);
      const right = tf.tensor(wave(shapeB, 2), shapeB);
      const loss = (x: tf.Tensor, y: tf.Tensor) => tf.sum(tf.cos(tf.matMul(x, y, ta, tb)));
      return [tf.matMul(left, right, ta, tb), ...tf.grads(loss)([left, right])];
    };
    const expected = await valuesOn("cpu", compute);
    const before = tf.memory().numTensors;
    const actual = await valuesOn("wasm", compute);
    expect(tf.memory().numTensors).toBe(before);
    for (const [i, { shape, values }] of expected.entries()) {
      expect(actual[i]!.shape).toEqual(shape);
      // float32 sums of five products
      expect(actual[i]!.values).toBeAllclose(values, { rtol: 1e-5, atol: 1e-6 });
    }
  });
});

test("a batch of matrices against one matrix", async () => {
  const compute = () => {
    const left = tf.tensor(wave([3, 4, 5], 1), [3, 4, 5]);
    return [tf.matMul(left, tf.tensor(wave([1, 6, 5], 2), [1, 6, 5]), false, true)];
  };
  const [expected] = await valuesOn("cpu", compute);
  const [actual] = await valuesOn("wasm", compute);
  expect(actual!.values).toBeAllclose(expected!.values, { rtol: 1e-5, atol: 1e-6 });
});
