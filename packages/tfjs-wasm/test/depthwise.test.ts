import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { smallConvolutions } from "../../../testing/convolutions.ts";
import { loadWasmBackend, UnsupportedArgumentError } from "../src/index.ts";
import { tensor4d, valuesOn } from "./both-backends.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

type Pad = Parameters<typeof tf.depthwiseConv2d>[3];
type Shape = readonly [number, number, number, number];

interface Case {
  readonly x: Shape;
  readonly filter: Shape;
  readonly strides: [number, number];
  readonly pad: Pad;
}

/** The output and both gradients of Σ cos(depthwiseConv2d(x, filter)). */
function depthwise({ x, filter, strides, pad }: Case): tf.Tensor[] {
  const [image, weights] = [tensor4d(x, 1), tensor4d(filter, 2)];
  const output = (a: tf.Tensor, b: tf.Tensor) =>
    tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad);
  const gradients = tf.grads((a, b) => tf.sum(tf.cos(output(a, b))))([image, weights]);
  return [output(image, weights), ...gradients];
}

async function expectSameAsCpu(compute: () => tf.Tensor[]): Promise<void> {
  const expected = await valuesOn("cpu", compute);
  const before = tf.memory().numTensors;
  const actual = await valuesOn("wasm", compute);
  expect(tf.memory().numTensors).toBe(before);
  expect(actual.map((t) => t.shape)).toEqual(expected.map((t) => t.shape));
  // float32 sums of a few hundred products in another order
  for (const [i, { values }] of expected.entries()) {
    expect(actual[i]!.values).toBeAllclose(values, { rtol: 1e-4, atol: 2e-5 });
  }
}

const image = [2, 6, 7, 3] as const;
const table: readonly [string, Case][] = [
  ["same", { x: image, filter: [3, 3, 3, 1], strides: [1, 1], pad: "same" }],
  ["valid", { x: image, filter: [3, 3, 3, 1], strides: [1, 1], pad: "valid" }],
  ["two outputs a channel", { x: image, filter: [3, 3, 3, 2], strides: [1, 1], pad: "same" }],
  ["stride 2, same", { x: image, filter: [3, 3, 3, 2], strides: [2, 2], pad: "same" }],
  ["stride 2, rows left over", { x: image, filter: [3, 3, 3, 1], strides: [2, 2], pad: "valid" }],
  [
    "stride 3 above filter 2",
    { x: [1, 9, 8, 2], filter: [2, 2, 2, 1], strides: [3, 3], pad: "same" },
  ],
  ["pad 1", { x: image, filter: [3, 3, 3, 1], strides: [1, 1], pad: 1 }],
  ["1 × 1", { x: image, filter: [1, 1, 3, 2], strides: [1, 1], pad: "same" }],
  ["filter 5 × 2", { x: image, filter: [5, 2, 3, 1], strides: [1, 1], pad: "same" }],
  ["one pixel", { x: [1, 1, 1, 1], filter: [3, 3, 1, 1], strides: [1, 1], pad: "same" }],
];

describe("depthwiseConv2d and its gradients equal the cpu backend's", () => {
  test.each(table)("%s", async (_, problem) => {
    await expectSameAsCpu(() => depthwise(problem));
  });

  test("small shapes, any stride and padding", async () => {
    await fc.assert(
      fc.asyncProperty(smallConvolutions(), async (problem) => {
        await expectSameAsCpu(() => depthwise(problem));
      }),
      { numRuns: 60 },
    );
  });

  test("a dilated forward pass", async () => {
    await expectSameAsCpu(() => [
      tf.depthwiseConv2d(tensor4d([1, 9, 9, 2]), tensor4d([3, 3, 2, 2], 2), 1, "same", "NHWC", 2),
    ]);
  });

  test("a separable convolution", async () => {
    await expectSameAsCpu(() => {
      const inputs = [tensor4d(image, 1), tensor4d([3, 3, 3, 2], 2), tensor4d([1, 1, 6, 4], 3)];
      const loss = (x: tf.Tensor, d: tf.Tensor, p: tf.Tensor) =>
        tf.sum(
          tf.cos(
            tf.separableConv2d(
              ...([x, d, p] as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]),
              2,
              "same",
            ),
          ),
        );
      return tf.grads(loss)(inputs);
    });
  });
});

test("a number as pad with strides that differ is refused by name", async () => {
  await tf.setBackend("wasm");
  const problem: Case = { x: image, filter: [3, 3, 3, 1], strides: [1, 2], pad: 1 };
  const attempt = () => tf.tidy(() => void depthwise(problem));
  expect(attempt).toThrow(UnsupportedArgumentError);
  expect(attempt).toThrow(expect.objectContaining({ argument: "pad" }));
});
