// What networks have besides convolutions.
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { expectSameAsCpu, expectSameGradients, onWebgpu, tensor } from "./webgpu.ts";

type Pad = "same" | "valid" | number;
type Window = number | [number, number];

const POOLINGS = { maxPool: tf.maxPool, avgPool: tf.avgPool };

onWebgpu("pooling and its gradients equal the cpu backend's", () => {
  const kinds = ["maxPool", "avgPool"] as const;
  const windows: readonly [string, readonly number[], Window, number, Pad][] = [
    ["2 × 2", [2, 6, 8, 3], 2, 2, "valid"],
    ["2 × 2, an odd row and column left over", [2, 7, 9, 3], 2, 2, "valid"],
    ["overlapping", [2, 7, 9, 3], 3, 2, "same"],
    ["stride 1, padded", [2, 5, 6, 4], 3, 1, 1],
    ["every second pixel", [2, 6, 7, 3], 1, 2, "valid"],
    ["the whole image", [2, 4, 5, 3], [4, 5], 1, "valid"],
  ];
  const cases = kinds.flatMap((kind) => windows.map((window) => [kind, ...window] as const));
  const pool =
    (kind: keyof typeof POOLINGS, size: Window, stride: number, pad: Pad) => (x: tf.Tensor) =>
      POOLINGS[kind](x as tf.Tensor4D, size, stride, pad);

  test.each(cases)("%s, %s", async (kind, _, shape, size, stride, pad) => {
    await expectSameGradients(pool(kind, size, stride, pad), shape);
  });

  test("of equal values the same one takes a maximum's gradient", async () => {
    // The rectifier makes windows of zeros.
    const pooled = (x: tf.Tensor) => pool("maxPool", 2, 2, "valid")(tf.relu(tf.sub(x, 0.5)));
    await tf.setBackend("cpu");
    const zeros = tf.tidy(() => tf.sum(tf.equal(pooled(tensor([2, 8, 8, 3])), 0)).dataSync()[0]);
    expect(zeros).toBeGreaterThan(9);
    const loss = (image: tf.Tensor) => tf.sum(tf.mul(pooled(image), tensor([2, 4, 4, 3], 3)));
    await expectSameAsCpu(() => [tf.grad(loss)(tensor([2, 8, 8, 3]))]);
  });
});

onWebgpu("operations and their gradients equal the cpu backend's", () => {
  test.each<[string, (...x: tf.Tensor[]) => tf.Tensor, ...(readonly number[])[]]>([
    ["relu", (x) => tf.relu(x), [5, 7]],
    ["a product", (a, b) => tf.matMul(a, b), [5, 10], [10, 3]],
    ["a product of transposes", (a, b) => tf.matMul(a, b, true, true), [10, 5], [3, 10]],
    ["products of batches", (a, b) => tf.matMul(a, b, false, true), [2, 3, 5, 4], [2, 3, 6, 4]],
    ["a sum with a bias", (a, b) => tf.add(a, b), [5, 10], [10]],
    ["a quotient", (a, b) => tf.div(a, tf.add(b, 2)), [5, 6], [6]],
    ["a mean over pixels", (x) => tf.mean(x, [1, 2]), [2, 4, 5, 3]],
    ["column sums of many rows", (x) => tf.mul(tf.sum(x, 0), 0.1), [1000, 3]],
    [
      "zeros around an image",
      (x) =>
        tf.pad(x, [
          [0, 0],
          [1, 1],
          [2, 0],
          [0, 3],
        ]),
      [2, 3, 4, 5],
    ],
    ["joined channels", (a, b) => tf.concat([a, b], 3), [2, 3, 3, 4], [2, 3, 3, 5]],
    ["a log-softmax", (x) => tf.logSoftmax(x), [5, 10]],
    ["a log-sum-exp", (x) => tf.logSumExp(x, 1), [5, 10]],
    ["a clipped norm", (x) => tf.div(x, tf.maximum(tf.norm(x), 1)), [40]],
    ["a gather", (x) => tf.gather(x, tf.tensor1d([0, 3, 3, 1], "int32")), [5, 4]],
    ["a gather of columns", (x) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32"), 1), [2, 3, 4]],
    ["a transpose", (x) => tf.transpose(x, [2, 0, 1]), [2, 3, 4]],
    [
      "batch normalisation by given statistics",
      (x, mean, scale, offset) =>
        tf.batchNorm4d(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          tf.tensor1d([0.5, 1, 2]),
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-5,
        ),
      [2, 4, 4, 3],
      [3],
      [3],
      [3],
    ],
  ])("%s", async (_, f, ...shapes) => {
    await expectSameGradients(f, ...shapes);
  });

  test("extreme numbers", async () => {
    await expectSameAsCpu(() => [
      tf.logSoftmax(
        tf.tensor2d([
          [1000, 0, -1000],
          [1e30, 0, 1],
        ]),
      ),
      tf.softmax(tf.tensor2d([[1000, 0, -1000]])),
      tf.exp(tf.tensor1d([-200, 80])),
    ]);
    const nan = tf.add(tf.tensor1d([Number.NaN, 1]), 1);
    expect([...(await nan.data())]).toEqual([Number.NaN, 2]);
    nan.dispose();
  });
});
