// Trains a small network for some steps and prints what came of it: threads-process.ts <options of the backend> [throw]
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import { wave } from "../../../testing/wave.ts";
import { loadWasmBackend } from "../src/index.ts";
import { tensor4d } from "./both-backends.ts";

const [options = "{}", end] = process.argv.slice(2);
const EVENTS = ["uncaughtException", "unhandledRejection"] as const;
const listeners = (): number =>
  EVENTS.reduce((sum, event) => sum + process.listenerCount(event), 0);
const warnings: string[] = [];
process.on("warning", ({ message }) => warnings.push(message));
const before = listeners();
const backend = await loadWasmBackend(JSON.parse(options));

const images = tensor4d([8, 16, 16, 3], 5);
const weights = [tensor4d([3, 3, 3, 16], 1), tensor4d([3, 3, 16, 32], 2)].map((w) =>
  tf.variable(tf.mul(w, 0.2)),
);
const matrix = tf.variable(tf.tensor2d(wave([32, 10], 3), [32, 10]));
const optimizer = tf.train.momentum(0.01, 0.9);
const loss = (): tf.Scalar => {
  const features = weights.reduce<tf.Tensor>(
    (x, w) => tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, "same")),
    images,
  );
  return tf.mean(tf.square(tf.matMul(tf.mean(features, [1, 2]), matrix)));
};
for (let step = 0; step < 5; step++) optimizer.minimize(loss, false, [...weights, matrix]);
const hash = createHash("sha256");
for (const variable of [...weights, matrix]) hash.update(variable.dataSync());
// A warning is emitted in a later turn.
await new Promise((resolve) => setTimeout(resolve, 20));
if (end === "throw") throw new Error("thrown on purpose");
const outcome = { backend, weights: hash.digest("hex"), listeners: listeners() - before, warnings };
process.stdout.write(`\n${JSON.stringify(outcome)}`);
