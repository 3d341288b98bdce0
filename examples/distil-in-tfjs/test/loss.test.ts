import {
  distillationTotalValueAndGrad,
  hintonDistillationValueAndGrad,
  softmaxCrossEntropyValueAndGrad,
} from "@sd/losses";
import { createRng, normal } from "@sd/math/random";
import { betaFromHardWeight, smoothedTargets, teacherPrior } from "@sd/priors";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type ArrayLoss, lossOnArrays, lossOnTargets } from "../loss.ts";

beforeAll(() => tf.setBackend("cpu"));

const [N, K] = [12, 5];
const shape = [N, K];
const rng = createRng(11);
const draw = (): Float32Array => Float32Array.from({ length: N * K }, () => 3 * normal(rng));
const [student, teacher] = [draw(), draw()];
const labels = Int32Array.from({ length: N }, (_, i) => (i * i) % K);

type Loss = (logits: tf.Tensor2D) => tf.Tensor1D;

/** The losses, and the gradient of Σ (i+1) · loss_i: each row passes on another multiple. */
function valueAndGrad(loss: Loss): { value: Float32Array; grad: Float32Array } {
  return tf.tidy(() => {
    const logits = tf.tensor2d(student, [N, K]);
    const total = (x: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(loss(x as tf.Tensor2D), tf.range(1, N + 1)));
    const grad = tf.grad(total)(logits).dataSync() as Float32Array;
    return { value: loss(logits).dataSync() as Float32Array, grad };
  });
}

/** The same losses composed of tfjs's operations, which tfjs differentiates. */
const T = 2.5;
const taught = (): tf.Tensor2D => tf.tensor2d(teacher, [N, K]);
const crossEntropy = (targets: tf.Tensor, logits: tf.Tensor): tf.Tensor1D =>
  tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1));
const oneHot = (): tf.Tensor => tf.oneHot(tf.tensor1d(labels, "int32"), K);

const CASES: Readonly<Record<string, readonly [ArrayLoss, Loss]>> = {
  softmaxCrossEntropy: [
    (x) => softmaxCrossEntropyValueAndGrad(x, labels, shape),
    (x) => crossEntropy(oneHot(), x),
  ],
  "distillationTotal, the teacher tempered": [
    (x) =>
      distillationTotalValueAndGrad(x, labels, teacher, shape, { hardWeight: 0.3, temperature: T }),
    (x) => {
      const soft = crossEntropy(tf.softmax(tf.div(taught(), T)), x);
      return tf.add(tf.mul(0.3, crossEntropy(oneHot(), x)), tf.mul(0.7, soft));
    },
  ],
  hintonDistillation: [
    (x) => hintonDistillationValueAndGrad(x, teacher, shape, { temperature: T }),
    (x) => {
      const logQ = tf.logSoftmax(tf.div(taught(), T));
      const logP = tf.logSoftmax(tf.div(x, T));
      return tf.mul(T * T, tf.sum(tf.mul(tf.exp(logQ), tf.sub(logQ, logP)), 1));
    },
  ],
};

describe("value and gradient of an array loss are those of tfjs", () => {
  for (const [name, [onArrays, composed]] of Object.entries(CASES)) {
    test(name, () => {
      const actual = valueAndGrad((logits) => lossOnArrays(logits, onArrays));
      const expected = valueAndGrad(composed);
      // float32, and rows that count up to twelve times.
      expect(actual.value).toBeAllclose(expected.value, { rtol: 1e-5, atol: 1e-5 });
      expect(actual.grad).toBeAllclose(expected.grad, { rtol: 1e-5, atol: 1e-5 });
      expect(Math.max(...actual.grad)).toBeGreaterThan(0.1);
    });
  }
});

test("the targets of the prior give the gradient of the total loss", () => {
  const options = { hardWeight: 0.3, temperature: T };
  const beta = betaFromHardWeight(options.hardWeight);
  const prior = teacherPrior(teacher, shape, { beta, temperature: T });
  const { targets } = smoothedTargets(prior, labels, shape);
  const onTargets = valueAndGrad((x) => lossOnTargets(x, Float32Array.from(targets)));
  const onArrays = valueAndGrad((logits) =>
    lossOnArrays(logits, (x) => distillationTotalValueAndGrad(x, labels, teacher, shape, options)),
  );
  expect(onTargets.value).toBeAllclose(onArrays.value, { rtol: 1e-5, atol: 1e-5 });
  expect(onTargets.grad).toBeAllclose(onArrays.grad, { rtol: 1e-5, atol: 1e-5 });
});

test("nothing of the loss stays in memory", () => {
  const before = tf.memory().numTensors;
  valueAndGrad((logits) => lossOnArrays(logits, CASES.softmaxCrossEntropy![0]));
  expect(tf.memory().numTensors).toBe(before);
});
