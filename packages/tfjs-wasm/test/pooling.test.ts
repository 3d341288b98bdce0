import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadWasmBackend } from "../src/index.ts";
import { tensor4d, valuesOn } from "./both-backends.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

type Pad = "same" | "valid" | number;

describe("average pooling and its gradient equal the cpu backend's", () => {
  test.each([
    ["every pixel", 1, 1, "valid"],
    ["every second pixel", 1, 2, "valid"],
    ["every second row, every third column", 1, [2, 3], "same"],
    ["windows of 2 × 2, padded", 2, 2, 1],
    ["windows of 2 × 2", 2, 2, "valid"],
    ["windows of 1 × 2", [1, 2], 2, "same"],
    ["overlapping windows", 3, 2, "same"],
  ] as [string, number | [number, number], number | [number, number], Pad][])(
    "%s",
    async (_, size, strides, pad) => {
      for (const [rows, columns] of [
        [6, 8],
        [7, 5],
      ] as const) {
        const compute = (): tf.Tensor[] => {
          const x = tensor4d([2, rows, columns, 3]);
          const pool = (t: tf.Tensor) => tf.avgPool(t as tf.Tensor4D, size, strides, pad);
          return [pool(x), tf.grad((t) => tf.sum(tf.cos(pool(t))))(x)];
        };
        const [expected, actual] = [
          await valuesOn("cpu", compute),
          await valuesOn("wasm", compute),
        ];
        expect(actual.map((t) => t.shape)).toEqual(expected.map((t) => t.shape));
        for (const [i, { values }] of expected.entries()) {
          expect(actual[i]!.values).toBeAllclose(values, { rtol: 1e-5, atol: 1e-6 });
        }
      }
    },
  );
});
