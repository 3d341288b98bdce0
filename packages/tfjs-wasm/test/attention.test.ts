// What attention, layer normalisation and embeddings need.
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { wave } from "../../../testing/wave.ts";
import { loadWasmBackend, UnsupportedArgumentError } from "../src/index.ts";
import { valuesOn } from "./both-backends.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

const tensor = (shape: number[], seed = 1): tf.Tensor => tf.tensor(wave(shape, seed), shape);

async function expectSameAsCpu(compute: () => tf.Tensor[]): Promise<void> {
  const expected = await valuesOn("cpu", compute);
  const before = tf.memory().numTensors;
  const actual = await valuesOn("wasm", compute);
  expect(tf.memory().numTensors).toBe(before);
  for (const [i, { shape, values }] of expected.entries()) {
    expect(actual[i]!.shape).toEqual(shape);
    // float32 sums of a few dozen products in another order
    expect(actual[i]!.values).toBeAllclose(values, { rtol: 1e-5, atol: 2e-6 });
  }
}

describe("einsum equals the cpu backend's", () => {
  test.each<[string, number[], number[]?]>([
    ["ij->ji", [3, 4]],
    ["ij->ij", [3, 4]],
    ["ij->i", [3, 4]],
    ["ij->", [3, 4]],
    ["ijk->kj", [2, 3, 4]],
    ["ij,jk->ik", [3, 4], [4, 5]],
    ["ij,jk->ki", [3, 4], [4, 5]],
    ["ji,jk->ik", [4, 3], [4, 5]],
    ["i,i->", [4], [4]],
    ["i,j->ij", [3], [4]],
    ["i,j->ji", [3], [4]],
    ["ij,ij->ij", [3, 4], [3, 4]],
    ["ij,ji->", [3, 4], [4, 3]],
    ["bij,bjk->bik", [2, 3, 4], [2, 4, 5]],
    ["bij,jk->bik", [2, 3, 4], [4, 5]],
    ["aecd,abcd->acbe", [2, 3, 4, 5], [2, 6, 4, 5]],
    ["acbe,aecd->abcd", [2, 4, 6, 3], [2, 3, 4, 5]],
    ["abc,cde->abde", [2, 3, 4], [4, 5, 6]],
    ["abcd,cde->abe", [2, 3, 4, 5], [4, 5, 6]],
  ])("%s", async (equation, a, b) => {
    await expectSameAsCpu(() => [
      tf.einsum(equation, tensor(a, 1), ...(b === undefined ? [] : [tensor(b, 2)])),
    ]);
  });

  test("sums that each touch one operand alone, which the cpu backend gets wrong", async () => {
    await tf.setBackend("wasm");
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const sums = tf.tidy(() => tf.einsum("ij,k->j", a, tf.tensor1d([1, 1, 1])).dataSync());
    expect([...sums]).toEqual([12, 18]);
    a.dispose();
  });

  test("sizes that disagree are refused", async () => {
    await tf.setBackend("wasm");
    expect(() => tf.tidy(() => tf.einsum("ij,jk->ik", tensor([3, 4]), tensor([5, 6])))).toThrow();
  });

  test("the input outlives the result", async () => {
    await tf.setBackend("wasm");
    const x = tensor([2, 2]);
    tf.einsum("ij->ij", x).dispose();
    expect(x.dataSync()).toEqual(wave([2, 2]));
    x.dispose();
  });
});

describe("unsortedSegmentSum equals the cpu backend's", () => {
  test.each<[string, number[], number[], number]>([
    ["repeated ids", [5, 3], [2, 0, 2, 2, 0], 4],
    ["one axis", [4], [1, 1, 0, 1], 2],
    ["three axes", [4, 2, 3], [1, 3, 1, 0], 4],
    ["ids out of range", [5, 2], [0, -1, 7, 1, 2], 2],
    ["all ids out of range", [2, 2], [5, -3], 2],
  ])("%s", async (_, shape, ids, segments) => {
    await expectSameAsCpu(() => [
      tf.unsortedSegmentSum(tensor(shape), tf.tensor1d(ids, "int32"), segments),
    ]);
  });

  test("ids of another shape are refused by name", async () => {
    await tf.setBackend("wasm");
    const attempt = () =>
      tf.tidy(() => tf.unsortedSegmentSum(tensor([4, 2]), tf.tensor1d([0, 1], "int32"), 2));
    expect(attempt).toThrow(UnsupportedArgumentError);
    expect(attempt).toThrow("expected shape [4], one id for each row, got [2]");
  });
});

describe("gradients equal the cpu backend's", () => {
  test("of an embedding", async () => {
    await expectSameAsCpu(() => {
      const ids = tf.tensor2d([0, 3, 3, 1, 0, 0], [2, 3], "int32");
      return [tf.grad((table) => tf.sum(tf.cos(tf.gather(table, ids))))(tensor([5, 4]))];
    });
  });

  test("of a gather along another axis", async () => {
    await expectSameAsCpu(() => {
      const ids = tf.tensor1d([2, 0, 2], "int32");
      return [tf.grad((x) => tf.sum(tf.cos(tf.gather(x, ids, 1))))(tensor([2, 3, 4]))];
    });
  });

  test("of layer normalisation", async () => {
    await expectSameAsCpu(() => {
      const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
        const { mean, variance } = tf.moments(x, -1, true);
        const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
        return tf.sum(tf.cos(tf.add(tf.mul(scaled, gamma), beta)));
      };
      return tf.grads(loss)([tensor([2, 3, 8], 1), tensor([8], 2), tensor([8], 3)]);
    });
  });

  test("of attention with several heads", async () => {
    await expectSameAsCpu(() => {
      const attend = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
        tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 0.5)), v);
      const loss = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.sum(tf.cos(attend(q, k, v)));
      const shape = [2, 3, 5, 4];
      return tf.grads(loss)([tensor(shape, 1), tensor(shape, 2), tensor(shape, 3)]);
    });
  });
});
