// Each lowered operation equals its composed form, in value and gradient, on every engine.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  compileProgram,
  type Entries,
  type RunningStatistics,
  relu,
  softmaxCrossEntropy,
} from "../src/index.ts";
import { use } from "./engines.ts";
import { wave } from "./networks.ts";

const IMAGE: [number, number, number, number] = [3, 4, 5, 2];
const image = (): tf.Tensor4D => tf.tensor4d(wave(IMAGE, 1), IMAGE);
const channels = (seed: number): tf.Tensor1D => tf.tensor1d(wave([2], seed));
const logits = (): tf.Tensor2D => tf.tensor2d(wave([4, 5], 2), [4, 5]).mul(6) as tf.Tensor2D;
const targets = (): tf.Tensor2D =>
  tf.softmax(tf.tensor2d(wave([4, 5], 3), [4, 5]).mul(2)) as tf.Tensor2D;
/** A scalar in which every element counts differently. */
const weighted = (t: tf.Tensor): tf.Scalar => tf.sum(tf.cos(tf.add(t, 0.3)));

/** The same computation with tfjs's own operations: what a lowered one must equal. */
const forms = {
  relu: {
    lowered: () => [relu(image()), tf.grad((x) => weighted(relu(x)))(image())],
    composed: () => [tf.relu(image()), tf.grad((x) => weighted(tf.relu(x)))(image())],
  },
  softmaxCrossEntropy: {
    lowered: () => [
      softmaxCrossEntropy(logits(), targets()),
      tf.grad((x) => weighted(softmaxCrossEntropy(x as tf.Tensor2D, targets())))(logits()),
    ],
    composed: () => {
      const loss = (x: tf.Tensor) => tf.neg(tf.sum(tf.mul(targets(), tf.logSoftmax(x)), 1));
      return [loss(logits()), tf.grad((x) => weighted(loss(x)))(logits())];
    },
  },
  batchNorm: {
    lowered: () => {
      const run = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
        batchNorm(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, { epsilon: 1e-3 });
      const operands = [image(), channels(4), channels(5)] as const;
      const { output, mean, variance } = run(...operands);
      const loss = (x: tf.Tensor, s: tf.Tensor, o: tf.Tensor) => weighted(run(x, s, o).output);
      return [output, mean, variance, ...tf.grads(loss)([...operands])];
    },
    composed: () => {
      const run = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2]);
        const normalised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
        return { output: tf.add(tf.mul(normalised, scale), offset), mean, variance };
      };
      const operands = [image(), channels(4), channels(5)] as const;
      const { output, mean, variance } = run(...operands);
      const loss = (x: tf.Tensor, s: tf.Tensor, o: tf.Tensor) => weighted(run(x, s, o).output);
      const unbiased = tf.mul(variance, 60 / 59);
      return [output, mean, unbiased, ...tf.grads(loss)([...operands])];
    },
  },
  batchNormWithRunningStatistics: {
    lowered: () => {
      const running = { mean: channels(6), variance: tf.abs(channels(7)), momentum: 0.1 };
      const run = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
        batchNorm(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, {
          running: running as RunningStatistics,
        });
      const operands = [image(), channels(4), channels(5)] as const;
      const { output, mean, variance } = run(...operands);
      const loss = (x: tf.Tensor, s: tf.Tensor, o: tf.Tensor) => weighted(run(x, s, o).output);
      return [output, mean, variance, ...tf.grads(loss)([...operands])];
    },
    composed: () => {
      const operands = [image(), channels(4), channels(5)] as const;
      const run = (x: tf.Tensor, s: tf.Tensor, o: tf.Tensor) =>
        batchNorm(x as tf.Tensor4D, s as tf.Tensor1D, o as tf.Tensor1D);
      const { output, mean, variance } = run(...operands);
      const towards = (old: tf.Tensor, batch: tf.Tensor) =>
        tf.add(tf.mul(old, 0.9), tf.mul(batch, 0.1));
      const loss = (x: tf.Tensor, s: tf.Tensor, o: tf.Tensor) => weighted(run(x, s, o).output);
      const statistics = [towards(channels(6), mean), towards(tf.abs(channels(7)), variance)];
      return [output, ...statistics, ...tf.grads(loss)([...operands])];
    },
  },
  batchNormWithStatistics: {
    lowered: () => {
      const statistics = { mean: channels(6), variance: tf.abs(channels(7)) as tf.Tensor1D };
      const loss = (x: tf.Tensor) =>
        weighted(batchNorm(x as tf.Tensor4D, channels(4), channels(5), { statistics }).output);
      return [tf.grad(loss)(image())];
    },
    composed: () => {
      const loss = (x: tf.Tensor) => {
        const deviation = tf.sqrt(tf.add(tf.abs(channels(7)), 1e-5));
        const normalised = tf.div(tf.sub(x, channels(6)), deviation);
        return weighted(tf.add(tf.mul(normalised, channels(4)), channels(5)));
      };
      return [tf.grad(loss)(image())];
    },
  },
} satisfies Record<string, { lowered: () => tf.Tensor[]; composed: () => tf.Tensor[] }>;

type Form = keyof typeof forms;
const names = Object.keys(forms) as Form[];

function expectClose(actual: readonly tf.Tensor[], expected: readonly tf.Tensor[]): void {
  expect(actual.map((t) => t.shape)).toEqual(expected.map((t) => t.shape));
  for (const [i, wanted] of expected.entries()) {
    // float32 sums of sixty elements in another order
    expect(actual[i]!.dataSync()).toBeAllclose(wanted.dataSync(), { rtol: 2e-4, atol: 2e-5 });
  }
}

describe.each(["cpu", "wasm", "tensorflow"] as const)("on %s, called", (backend) => {
  test.for(names)("%s", async (name, context) => {
    await use(backend, context);
    const before = tf.memory().numTensors;
    tf.tidy(() => expectClose(forms[name].lowered(), forms[name].composed()));
    expect(tf.memory().numTensors).toBe(before);
  });

  test("cross-entropy of extreme logits stays finite", async (context) => {
    await use(backend, context);
    const loss = softmaxCrossEntropy(tf.tensor2d([[1000, -1000, 0]]), tf.tensor2d([[0, 1, 0]]));
    expect(loss.dataSync()[0]).toBeAllclose(2000, { rtol: 1e-6 });
  });
});

test.for(names)("on tensorflow, replayed: %s", async (name, context) => {
  await use("tensorflow", context);
  const named = (tensors: tf.Tensor[]) => Object.fromEntries(tensors.map((t, i) => [`t${i}`, t]));
  const entries = {
    lowered: () => named(forms[name].lowered()),
    composed: () => named(forms[name].composed()),
  } satisfies Entries;
  const program = compileProgram({ variables: {}, entries });
  const lowered = Object.values(program.run("lowered", {}));
  expectClose(lowered, Object.values(program.run("composed", {})));
  program.dispose();
});

test("no gradient flows into the targets", async () => {
  await tf.setBackend("cpu");
  const loss = (t: tf.Tensor) => tf.sum(softmaxCrossEntropy(logits(), t as tf.Tensor2D));
  expect(() => tf.grad(loss)(targets())).toThrow(/gradient/i);
});
