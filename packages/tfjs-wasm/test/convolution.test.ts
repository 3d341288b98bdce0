import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type ExplicitPad, pads, smallConvolutions } from "../../../testing/convolutions.ts";
import { loadWasmBackend, UnsupportedArgumentError } from "../src/index.ts";
import { tensor4d, valuesOn } from "./both-backends.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

type Pad = "same" | "valid" | number | ExplicitPad;

interface Case {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides: number | [number, number];
  readonly pad: Pad;
}

/**
 * The output and both gradients of Σ cos(conv2d(x, filter)): every output has a weight of its own.
 */
function convolution({ x, filter, strides, pad }: Case): tf.Tensor[] {
  const image = tensor4d(x, 1);
  const weights = tensor4d(filter, 2);
  const output = (a: tf.Tensor, b: tf.Tensor) =>
    tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad);
  const gradients = tf.grads((a, b) => tf.sum(tf.cos(output(a, b))))([image, weights]);
  return [output(image, weights), ...gradients];
}

async function expectSameAsCpu(compute: () => tf.Tensor[]): Promise<void> {
  const expected = await valuesOn("cpu", compute);
  const actual = await valuesOn("wasm", compute);
  expect(actual.map((t) => t.shape)).toEqual(expected.map((t) => t.shape));
  // float32 sums of a few hundred products in another order
  for (const [i, { values }] of expected.entries()) {
    expect(actual[i]!.values).toBeAllclose(values, { rtol: 1e-4, atol: 2e-5 });
  }
}

const table: readonly [string, Case][] = [
  ["stride 1, same", { x: [2, 6, 7, 3], filter: [3, 3, 3, 4], strides: 1, pad: "same" }],
  ["stride 1, valid", { x: [2, 6, 7, 3], filter: [3, 3, 3, 4], strides: 1, pad: "valid" }],
  ["stride 2, same", { x: [2, 7, 8, 3], filter: [3, 3, 3, 4], strides: 2, pad: "same" }],
  [
    "stride 2, valid, rows left over",
    { x: [2, 8, 9, 3], filter: [3, 3, 3, 4], strides: 2, pad: "valid" },
  ],
  ["stride 3 above filter 2", { x: [2, 9, 8, 2], filter: [2, 2, 2, 3], strides: 3, pad: "same" }],
  ["strides [2, 1], same", { x: [1, 7, 6, 2], filter: [3, 3, 2, 3], strides: [2, 1], pad: "same" }],
  [
    "strides [1, 3], valid",
    { x: [1, 7, 9, 2], filter: [3, 2, 2, 3], strides: [1, 3], pad: "valid" },
  ],
  ["filter 5 × 1, same", { x: [1, 6, 5, 2], filter: [5, 1, 2, 3], strides: 1, pad: "same" }],
  ["even filter, same", { x: [1, 6, 5, 2], filter: [4, 2, 2, 3], strides: 1, pad: "same" }],
  ["pad 0", { x: [1, 6, 6, 2], filter: [3, 3, 2, 3], strides: 1, pad: 0 }],
  ["pad 1", { x: [2, 6, 7, 2], filter: [3, 3, 2, 3], strides: 1, pad: 1 }],
  ["pad 2, stride 2", { x: [2, 6, 7, 2], filter: [3, 3, 2, 3], strides: 2, pad: 2 }],
  ["pad above the filter", { x: [1, 4, 4, 2], filter: [2, 2, 2, 3], strides: 1, pad: 3 }],
  [
    "explicit pad",
    { x: [1, 6, 5, 2], filter: [3, 2, 2, 3], strides: [2, 1], pad: pads(1, 0, 2, 1) },
  ],
  [
    "explicit pad far above the filter",
    { x: [1, 3, 3, 2], filter: [2, 2, 2, 3], strides: [2, 3], pad: pads(5, 0, 0, 6) },
  ],
  ["1 × 1", { x: [2, 5, 4, 3], filter: [1, 1, 3, 4], strides: 1, pad: "same" }],
  ["1 × 1, stride 2, same", { x: [2, 5, 4, 3], filter: [1, 1, 3, 4], strides: 2, pad: "same" }],
  [
    "1 × 1, strides [1, 2], valid",
    { x: [2, 5, 5, 3], filter: [1, 1, 3, 4], strides: [1, 2], pad: "valid" },
  ],
  ["1 × 1, pad 1", { x: [1, 3, 4, 2], filter: [1, 1, 2, 3], strides: 1, pad: 1 }],
  [
    "1 × 1, pad after only",
    { x: [1, 3, 4, 2], filter: [1, 1, 2, 3], strides: 2, pad: pads(0, 2, 0, 1) },
  ],
  [
    "filter as large as the image",
    { x: [2, 4, 5, 2], filter: [4, 5, 2, 3], strides: 1, pad: "valid" },
  ],
  ["one pixel", { x: [1, 1, 1, 1], filter: [3, 3, 1, 1], strides: 1, pad: "same" }],
];

describe("conv2d and its gradients equal the cpu backend's", () => {
  test.each(table)("%s", async (_, problem) => {
    await expectSameAsCpu(() => convolution(problem));
  });

  test("small shapes, any stride and padding", async () => {
    await fc.assert(
      fc.asyncProperty(smallConvolutions(), async (problem) => {
        await expectSameAsCpu(() => convolution(problem));
      }),
      { numRuns: 60 },
    );
  });

  test("a dilated forward pass", async () => {
    for (const pad of ["same", "valid", 2] as const) {
      const dilations: [number, number] = pad === 2 ? [2, 2] : [2, 3];
      await expectSameAsCpu(() => [
        tf.conv2d(tensor4d([1, 9, 9, 2]), tensor4d([3, 3, 2, 3], 2), 1, pad, "NHWC", dilations),
      ]);
    }
  });

  test("a transposed convolution and its gradients", async () => {
    await expectSameAsCpu(() => {
      const x = tensor4d([2, 3, 4, 3], 1);
      const filter = tensor4d([3, 3, 2, 3], 2);
      const run = (a: tf.Tensor, b: tf.Tensor) =>
        tf.conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, [2, 6, 8, 2], 2, "same");
      return [run(x, filter), ...tf.grads((a, b) => tf.sum(tf.cos(run(a, b))))([x, filter])];
    });
  });

  test("no tensor is left over", async () => {
    await tf.setBackend("wasm");
    const before = tf.memory().numTensors;
    for (const [, problem] of table) tf.tidy(() => void convolution(problem));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("what cannot be computed is refused by name", () => {
  const image = [1, 6, 7, 2] as const;
  const wide: Case = { x: image, filter: [3, 2, 2, 3], strides: 1, pad: 1 };
  const bad: readonly [string, string, () => tf.Tensor[]][] = [
    ["a number as pad of a filter that is not square", "pad", () => convolution(wide)],
    [
      "a number as pad with strides that differ",
      "pad",
      () => convolution({ x: image, filter: [3, 3, 2, 3], strides: [1, 2], pad: 0 }),
    ],
    [
      "negative padding",
      "pad",
      () => convolution({ x: image, filter: [3, 3, 2, 3], strides: 1, pad: pads(-1, 0, 0, 0) }),
    ],
    [
      "a filter larger than the image",
      "filter",
      () => convolution({ x: image, filter: [7, 7, 2, 3], strides: 1, pad: "valid" }),
    ],
    [
      "rounding up",
      "dimRoundingMode",
      () => [tf.conv2d(tensor4d(image), tensor4d([3, 3, 2, 3]), 2, 0, "NHWC", 1, "ceil")],
    ],
    [
      "channels first",
      "dataFormat",
      () => [tf.conv2d(tensor4d([1, 2, 6, 7]), tensor4d([3, 3, 2, 3]), 1, "same", "NCHW")],
    ],
  ];

  test.each(bad)("%s", async (_, argument, compute) => {
    await tf.setBackend("wasm");
    const attempt = () => tf.tidy(() => void compute());
    expect(attempt).toThrow(UnsupportedArgumentError);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED_ARGUMENT", argument }),
    );
  });

  test("the gradient of a dilated convolution, by tfjs itself", async () => {
    await tf.setBackend("wasm");
    const loss = (x: tf.Tensor) =>
      tf.sum(tf.conv2d(x as tf.Tensor4D, tensor4d([3, 3, 2, 3]), 1, "same", "NHWC", 2));
    expect(() => tf.tidy(() => void tf.grad(loss)(tensor4d(image)))).toThrow(/dilation/);
  });

  test("the message says what to give instead", async () => {
    await tf.setBackend("wasm");
    expect(() => tf.tidy(() => void convolution(wide))).toThrow(
      "Conv2D: unsupported `pad`: tfjs derives an output size of 7 where the kernel computes 8: " +
        "give the number 1 as explicit padding [[0, 0], [top, bottom], [left, right], [0, 0]]",
    );
  });
});
