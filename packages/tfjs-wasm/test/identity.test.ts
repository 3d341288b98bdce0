import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { loadWasmBackend } from "../src/index.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

test("a clone keeps its values when the original is disposed, and the reverse", () => {
  for (const first of [0, 1]) {
    const x = tf.tensor1d([1, 2, 3]);
    const pair = [x, tf.clone(x)];
    pair[first]!.dispose();
    // What was freed would be written over.
    const other = tf.fill([3], 9);
    expect([...pair[1 - first]!.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([pair[1 - first]!, other]);
  }
});

test("a variable keeps its values when the tensor that it was made of is disposed", () => {
  const x = tf.tensor1d([1, 2]);
  const variable = tf.variable(x);
  x.dispose();
  variable.assign(tf.tidy(() => tf.add(variable, 1)));
  expect([...variable.dataSync()]).toEqual([2, 3]);
  variable.dispose();
});

test("memory is given back when the last clone is disposed", () => {
  const backend = tf.backend();
  const before = backend.numDataIds();
  const x = tf.tensor1d([1, 2]);
  const clones = [tf.clone(x), tf.clone(x)];
  expect(backend.numDataIds()).toBe(before + 1);
  tf.dispose([x, ...clones]);
  expect(backend.numDataIds()).toBe(before);
});
