// Trains a teacher on many points, then small students on few: on the labels, and distilled by
// gradients and by targets, which is the same.
import { distillationTotalValueAndGrad, softmaxCrossEntropyValueAndGrad } from "@sd/losses";
import { accuracy, expectedCalibrationError, negativeLogLikelihood } from "@sd/metrics";
import { betaFromHardWeight, smoothedTargets, teacherPrior } from "@sd/priors";
import * as tf from "@tensorflow/tfjs";
import { lossOnArrays, lossOnTargets } from "./loss.ts";
import { createNetwork, type Network, predict, variablesOf } from "./network.ts";
import { CLASSES, gatherRows, makeSpirals } from "./points.ts";
import { type TrainOptions, train } from "./train.ts";

await tf.setBackend("cpu");

const NOISE = 0.1;
const many = makeSpirals(1000, NOISE, 1);
const few = makeSpirals(80, NOISE, 2);
const test = makeSpirals(2000, NOISE, 3);
const HARD_WEIGHT = 0.1;
const TEMPERATURE = 1;

const onLabels: TrainOptions["loss"] = (logits, { labels }) =>
  lossOnArrays(logits, (x, shape) => softmaxCrossEntropyValueAndGrad(x, labels, shape));

const teacher = createNetwork([2, 64, 64, CLASSES], 4);
const teacherLosses = train(teacher, many, { epochs: 40, seed: 5, loss: onLabels });
const teacherLogits = predict(teacher, few.x);

/** The gradient comes from @sd/losses. */
const byGradient: TrainOptions["loss"] = (logits, { labels }, rows) => {
  const taught = gatherRows(teacherLogits, rows, CLASSES);
  const options = { hardWeight: HARD_WEIGHT, temperature: TEMPERATURE };
  return lossOnArrays(logits, (x, shape) =>
    distillationTotalValueAndGrad(x, labels, taught, shape, options),
  );
};

/** The targets come from @sd/priors: the teacher as a prior that has the same weight. */
const prior = teacherPrior(teacherLogits, [few.n, CLASSES], {
  beta: betaFromHardWeight(HARD_WEIGHT),
  temperature: TEMPERATURE,
});
const { targets } = smoothedTargets(prior, few.labels, [few.n, CLASSES], {
  out: new Float32Array(prior.length),
});
const byTargets: TrainOptions["loss"] = (logits, _, rows) =>
  lossOnTargets(logits, gatherRows(targets, rows, CLASSES));

const STUDENTS = {
  "student on labels": onLabels,
  "distilled, gradient": byGradient,
  "distilled, targets": byTargets,
} as const;

function row(name: string, network: Network, losses: readonly number[]): string {
  const logits = predict(network, test.x);
  const shape = [test.n, CLASSES];
  const numbers = [
    losses[0]!,
    losses.at(-1)!,
    accuracy(logits, test.labels, shape),
    expectedCalibrationError(logits, test.labels, shape),
    negativeLogLikelihood(logits, test.labels, shape),
  ];
  return name.padEnd(20) + numbers.map((value) => value.toFixed(3).padStart(10)).join("");
}

console.log(
  `${many.n} points for the teacher, ${few.n} for the students, ` +
    `${NOISE * 100} % wrong labels; ${test.n} to test`,
);
console.log(`${" ".repeat(20)}first loss last loss  accuracy       ECE       NLL`);
console.log(row("teacher", teacher, teacherLosses));
const logitsOf: Float32Array[] = [];
for (const [name, loss] of Object.entries(STUDENTS)) {
  const student = createNetwork([2, 32, CLASSES], 6);
  const losses = train(student, few, { epochs: 150, seed: 7, loss });
  console.log(row(name, student, losses));
  logitsOf.push(predict(student, test.x));
  tf.dispose(variablesOf(student));
}
tf.dispose(variablesOf(teacher));

const [, gradient, target] = logitsOf;
const difference = gradient!.reduce((max, v, i) => Math.max(max, Math.abs(v - target![i]!)), 0);
console.log(`largest difference of the distilled students' logits: ${difference.toExponential(1)}`);
