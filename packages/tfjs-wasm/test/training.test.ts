import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { wave } from "../../../testing/wave.ts";
import { loadWasmBackend } from "../src/index.ts";

beforeAll(async () => {
  await loadWasmBackend();
});

const [BATCH, SIDE, CLASSES] = [8, 12, 4] as const;
const shapes: readonly number[][] = [
  [5, 5, 1, 4],
  [4],
  [3, 3, 4, 6],
  [6],
  [6 * 9, 10],
  [10],
  [10, CLASSES],
  [CLASSES],
];

/** Losses and final weights of five momentum steps of a small LeNet. */
async function train(backend: "cpu" | "wasm"): Promise<{ losses: number[]; weights: number[] }> {
  await tf.setBackend(backend);
  const weights = shapes.map((shape, i) => {
    const scale =
      shape.length === 1 ? 0 : 1 / Math.sqrt(shape.slice(0, -1).reduce((a, b) => a * b));
    return tf.variable(tf.tidy(() => tf.mul(tf.tensor(wave(shape, i), shape), scale * 1.5)));
  });
  const [c1, b1, c2, b2, f1, d1, f2, d2] = weights as tf.Variable[];
  const images = tf.tensor(wave([BATCH, SIDE, SIDE, 1], 9), [BATCH, SIDE, SIDE, 1]) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: BATCH }, (_, i) => i % CLASSES),
    "int32",
  );
  const targets = tf.oneHot(labels, CLASSES);
  const convolve = (x: tf.Tensor4D, w: tf.Variable, b: tf.Variable) =>
    tf.maxPool(
      tf.relu(tf.add(tf.conv2d(x, w as tf.Tensor4D, 1, "same"), b)) as tf.Tensor4D,
      2,
      2,
      "valid",
    );
  const loss = (): tf.Scalar => {
    const features = convolve(convolve(images, c1!, b1!), c2!, b2!);
    const flat = tf.reshape(features, [BATCH, -1]);
    const hidden = tf.relu(tf.add(tf.matMul(flat, f1!), d1!));
    const logits = tf.add(tf.matMul(hidden, f2!), d2!);
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1)));
  };
  const optimizer = tf.train.momentum(0.05, 0.9);
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    const value = optimizer.minimize(loss, true, weights)!;
    losses.push(value.dataSync()[0]!);
    value.dispose();
  }
  const final = weights.flatMap((w) => [...(w.dataSync() as Float32Array)]);
  optimizer.dispose();
  tf.dispose([weights, images, labels, targets]);
  return { losses, weights: final };
}

test("five steps of a small convolutional network equal the cpu backend's", async () => {
  const expected = await train("cpu");
  const actual = await train("wasm");
  expect(expected.losses[4]).toBeLessThan(expected.losses[0]!);
  expect(actual.losses).toBeAllclose(expected.losses, { rtol: 1e-4 });
  expect(actual.weights).toBeAllclose(expected.weights, { rtol: 1e-3, atol: 1e-5 });
});
