// Terms of the loss in a step that is replayed or called, whole or in parts.
import {
  confidencePenaltyValueAndGrad,
  hintonDistillationValueAndGrad,
  softmaxCrossEntropyValueAndGrad,
} from "@sd/losses";
import { createRng } from "@sd/math/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { openEngine } from "../src/engine.ts";
import { confidencePenalty } from "../src/methods/confidence-penalty.ts";
import { hintonDistillation } from "../src/methods/hinton-distillation.ts";
import type { Method } from "../src/methods/method.ts";
import { mlp } from "../src/models/mlp.ts";
import { initialWeights } from "../src/models/model.ts";
import { Session } from "../src/session.ts";
import { formula } from "./formula.ts";
import { missingNative } from "./native-engine.ts";

const [M, K] = [8, 5];
const shape = [M, K] as const;
const network = mlp({ input: [4, 4, 1], classes: K });
const labels = Int32Array.from({ length: M }, (_, i) => (3 * i) % K);
const images = formula(7, M * 16, 1);

/** One step of learning rate 1 without momentum: what it returned, and the gradient of the last bias. */
async function step(method: Method, parts: number) {
  const tensors = tf.memory().numTensors;
  const session = new Session({
    model: network,
    method,
    optimizer: { momentum: 0 },
    batchSize: M,
    predictBatchSize: M,
    parts,
    initial: initialWeights(network, 1),
    teacher: initialWeights(network, 2),
  });
  const bias = network.parameters.at(-1)!.name;
  const before = (await session.read())[`weights/${bias}`]!;
  const signals = await session.signals(images);
  const batch = { labels, indices: labels, shape, epoch: 0, epochs: 1, rng: createRng(0) };
  const made = method.targets(batch, signals, {});
  const result = await session.step({ images, ...made, signals, learningRate: 1, step: 1 });
  const after = (await session.read())[`weights/${bias}`]!;
  session.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  return { ...result, teacher: signals.teacher, gradient: before.map((b, c) => b - after[c]!) };
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** The gradient of the last bias is the mean over rows of the gradient of the logits. */
const biasGradient = (grad: Float64Array): number[] =>
  Array.from({ length: K }, (_, c) => mean(grad.filter((_, j) => j % K === c)));

describe.each(["native", "wasm"] as const)("on %s", (engine) => {
  test.for([1, 2])("Hinton's distillation, in %i parts", async (parts, ctx) => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: engine, install: false });
    const method = hintonDistillation({ hardWeight: 0.3, temperature: 3 });
    const { loss, logits, teacher, gradient } = await step(method, parts);
    const hard = softmaxCrossEntropyValueAndGrad(logits, labels, shape);
    const soft = hintonDistillationValueAndGrad(logits, teacher!, shape, { temperature: 3 });
    expect(loss).toBeAllclose(0.3 * mean(hard.value) + 0.7 * mean(soft.value), { rtol: 1e-5 });
    const grad = hard.grad.map((g, j) => 0.3 * g + 0.7 * soft.grad[j]!);
    expect(gradient).toBeAllclose(biasGradient(grad), { rtol: 1e-4, atol: 1e-6 });
  });

  test("the confidence penalty", async (ctx) => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: engine, install: false });
    const { loss, logits, gradient } = await step(confidencePenalty({ beta: 0.5 }), 1);
    const twin = confidencePenaltyValueAndGrad(logits, labels, shape, { beta: 0.5 });
    expect(loss).toBeAllclose(mean(twin.value), { rtol: 1e-5 });
    expect(gradient).toBeAllclose(biasGradient(twin.grad), { rtol: 1e-4, atol: 1e-6 });
  });
});

test("a step without the signal that a term reads is refused", async () => {
  await openEngine({ name: "cpu" });
  const session = new Session({
    model: network,
    method: hintonDistillation(),
    optimizer: {},
    batchSize: M,
    predictBatchSize: M,
    initial: initialWeights(network, 1),
    teacher: initialWeights(network, 2),
  });
  const targets = new Float32Array(M * K).fill(1 / K);
  await expect(session.step({ images, targets, learningRate: 1, step: 1 })).rejects.toThrow(
    "no logits of the signal teacher",
  );
  session.dispose();
});

test("a term that is no scalar is refused by name", async () => {
  await openEngine({ name: "cpu" });
  const session = new Session({
    model: network,
    method: {
      name: "test",
      signals: [],
      terms: [{ name: "rows", loss: (logits) => logits as never }],
    },
    optimizer: {},
    batchSize: M,
    predictBatchSize: M,
    initial: initialWeights(network, 1),
  });
  const targets = new Float32Array(M * K).fill(1 / K);
  await expect(session.step({ images, targets, learningRate: 1, step: 1 })).rejects.toThrow(
    "the term `rows`: expected a scalar, got the shape [8,5]",
  );
  session.dispose();
});
