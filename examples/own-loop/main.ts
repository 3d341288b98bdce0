// Trains a small network on noisy data twice and compares how well it knows what it does not know.
import { accuracy, expectedCalibrationError, negativeLogLikelihood } from "@sd/metrics";
import * as tf from "@tensorflow/tfjs";
import { CLASSES, makeBlobs } from "./blobs.ts";
import { predict } from "./network.ts";
import { train } from "./train.ts";

await tf.setBackend("cpu");

const NOISE = 0.1;
const training = makeBlobs(90, NOISE, 1);
const test = makeBlobs(1500, NOISE, 2);
const shape = [test.n, CLASSES];

console.log(`${training.n} points to train on, ${test.n} to test, ${NOISE * 100} % wrong labels`);
console.log("targets          accuracy     ECE     NLL");
for (const smooth of [false, true]) {
  const network = train(training, { epochs: 150, seed: 3, smooth });
  const logits = predict(network, test.x);
  const numbers = [
    accuracy(logits, test.labels, shape),
    expectedCalibrationError(logits, test.labels, shape),
    negativeLogLikelihood(logits, test.labels, shape),
  ];
  const columns = numbers.map((value) => value.toFixed(3).padStart(8)).join("");
  console.log(`${(smooth ? "beta smoothing" : "labels").padEnd(17)}${columns}`);
  tf.dispose(network);
}
