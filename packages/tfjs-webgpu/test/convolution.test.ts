// The gradients of a convolution, at the strides and paddings of networks and at any others.
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { test } from "vitest";
import { type ExplicitPad, pads, smallConvolutions } from "../../../testing/convolutions.ts";
import { expectSameAsCpu, expectSameGradients, onWebgpu, tensor4d } from "./webgpu.ts";

type Pad = "same" | "valid" | number | ExplicitPad;
type Strides = number | [number, number];
type Shape = readonly [number, number, number, number];

const convolve = (strides: Strides, pad: Pad) => (x: tf.Tensor, filter: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);

const table: readonly [string, Shape, Shape, Strides, Pad][] = [
  ["a residual network's first layer", [2, 16, 16, 3], [3, 3, 3, 16], 1, "same"],
  ["a residual block", [2, 8, 8, 16], [3, 3, 16, 16], 1, "same"],
  ["a block of stride 2, padded before", [2, 10, 10, 8], [3, 3, 8, 16], 2, "valid"],
  ["a projection, 1 × 1 of stride 2", [2, 8, 8, 8], [1, 1, 8, 16], 2, "valid"],
  ["LeNet's first layer", [2, 28, 28, 1], [5, 5, 1, 6], 1, "same"],
  ["LeNet's second layer", [2, 14, 14, 6], [5, 5, 6, 16], 1, "valid"],
  ["a dense block", [2, 8, 8, 24], [3, 3, 24, 12], 1, "same"],
  ["stride 2, same", [2, 7, 8, 3], [3, 3, 3, 4], 2, "same"],
  ["stride 2, valid, rows left over", [2, 8, 9, 3], [3, 3, 3, 4], 2, "valid"],
  ["stride 3 above filter 2", [2, 9, 8, 2], [2, 2, 2, 3], 3, "same"],
  ["strides [2, 1], same", [1, 7, 6, 2], [3, 3, 2, 3], [2, 1], "same"],
  ["strides [1, 3], valid", [1, 7, 9, 2], [3, 2, 2, 3], [1, 3], "valid"],
  ["filter 5 × 1, same", [1, 6, 5, 2], [5, 1, 2, 3], 1, "same"],
  ["even filter, same", [1, 6, 5, 2], [4, 2, 2, 3], 1, "same"],
  ["pad 2, stride 2", [2, 6, 7, 2], [3, 3, 2, 3], 2, 2],
  ["explicit pad", [1, 6, 5, 2], [3, 2, 2, 3], [2, 1], pads(1, 0, 2, 1)],
  ["pad far above the filter", [1, 3, 3, 2], [2, 2, 2, 3], [2, 3], pads(5, 0, 0, 6)],
  ["1 × 1, strides [1, 2], valid", [2, 5, 5, 3], [1, 1, 3, 4], [1, 2], "valid"],
  ["filter as large as the image", [2, 4, 5, 2], [4, 5, 2, 3], 1, "valid"],
  ["one pixel", [1, 1, 1, 1], [3, 3, 1, 1], 1, "same"],
];

onWebgpu("conv2d and its gradients equal the cpu backend's", () => {
  test.each(table)("%s", async (_, x, filter, strides, pad) => {
    await expectSameGradients(convolve(strides, pad), x, filter);
  });

  test("small shapes, any stride and padding", async () => {
    const channels = fc.constantFrom(1, 2, 3, 4, 5, 8, 16);
    const problems = smallConvolutions({ maxSide: 9, channels });
    await fc.assert(
      fc.asyncProperty(problems, async ({ x, filter, strides, pad }) => {
        await expectSameGradients(convolve(strides, pad), x, filter);
      }),
      { numRuns: 60 },
    );
  });

  test("a dilated forward pass", async () => {
    await expectSameAsCpu(() => [
      tf.conv2d(tensor4d([1, 9, 9, 2]), tensor4d([3, 3, 2, 3], 2), 1, "same", "NHWC", [2, 3]),
    ]);
  });

  test("a transposed convolution", async () => {
    await expectSameGradients(
      (x, filter) =>
        tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 6, 8, 2], 2, "same"),
      [2, 3, 4, 3],
      [3, 3, 2, 3],
    );
  });

  test.each<[string, Shape, Shape, Strides, "same" | "valid"]>([
    ["stride 1, same", [2, 6, 6, 3], [3, 3, 3, 1], 1, "same"],
    ["stride 1, two outputs a channel", [2, 6, 6, 3], [3, 3, 3, 2], 1, "same"],
    ["stride 2, same", [2, 7, 6, 3], [3, 3, 3, 1], 2, "same"],
    ["stride 2, two outputs a channel, valid", [2, 7, 6, 3], [3, 2, 3, 2], 2, "valid"],
  ])("depthwise, %s", async (_, x, filter, strides, pad) => {
    await expectSameGradients(
      (a, b) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad),
      x,
      filter,
    );
  });
});
