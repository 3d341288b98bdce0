// What a method trains the network by, targets and terms together, against PyTorch's loss and gradient by the logits.

import { createRng, type Rng } from "@sd/math/random";
import { softmaxCrossEntropy } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TermInputs } from "../src/methods/engine-term.ts";
import type { Method, MethodBatch, MethodState } from "../src/methods/method.ts";
import { createMethod } from "../src/methods/table.ts";
import fixture from "./fixtures/methods.json" with { type: "json" };
import { formula } from "./formula.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const [M, K] = [8, 10];
const labels = Int32Array.from(fixture.labels);
const softLabels = Float32Array.from(fixture.softLabels);
const teacher = formula(101, M * K, 5);
const ema = formula(102, M * K, 5);
const logits = formula(121, M * K, 4);
const past = [0, 1].map((e) =>
  formula(122 + e, M * K, 4).map((f, j) => f + (j % K === labels[Math.floor(j / K)] ? 3 : 0)),
);

type Kind = "hard" | "soft";

/** A generator that gives out the fixture's numbers. */
function listedRng(): Rng {
  const numbers = formula(103, M, 0.5);
  let next = 0;
  return Object.assign(Object.create(createRng(0)), { uniform: () => numbers[next++]! + 0.5 });
}

/** Some rows of the fixture's batch. */
function batch(kind: Kind, epoch: number, first = 0, last = M): MethodBatch {
  return {
    labels: labels.slice(first, last),
    labelTargets: kind === "soft" ? softLabels.slice(first * K, last * K) : undefined,
    indices: Int32Array.from({ length: last - first }, (_, i) => first + i),
    shape: [last - first, K],
    epoch,
    epochs: 4,
    rng: listedRng(),
  };
}

/** Mean loss and gradient as a step has them, up to the constants of divergences. */
function evaluate(method: Method, kind: Kind, epoch: number, state: MethodState) {
  const { targets, weights } = method.targets(batch(kind, epoch), { teacher, ema }, state);
  return tf.tidy(() => {
    const rows = tf.tensor2d(targets, [M, K]);
    const inputs: TermInputs = { targets: rows, teacher: tf.tensor2d(teacher, [M, K]) };
    const loss = (f: tf.Tensor): tf.Scalar => {
      const each = softmaxCrossEntropy(f as tf.Tensor2D, rows);
      const mean = tf.mean(weights === undefined ? each : tf.mul(each, tf.tensor1d(weights)));
      const terms = (method.terms ?? []).map((term) => term.loss(f as tf.Tensor2D, inputs));
      return terms.reduce((sum, term) => tf.add(sum, term), mean as tf.Scalar);
    };
    const { value, grad } = tf.valueAndGrad(loss)(tf.tensor2d(logits, [M, K]));
    return { loss: value.dataSync()[0]!, gradient: grad.dataSync() };
  });
}

/** A method at the fixture's epoch, and the memory of what it saw before. */
interface Case {
  readonly method: Method;
  readonly epoch?: number;
  readonly remember?: (method: Method, state: MethodState, kind: Kind) => void;
  /** The divergence's constant, the entropy of its first side, is not part of a soft target's loss. */
  readonly constant?: true;
}

const virtual = (form: string): Case => ({
  method: createMethod("virtual-teacher", {
    teacherWeight: 0.2,
    correct: 0.9,
    temperature: 5,
    form,
  }),
  ...(form === "bothTempered" ? {} : { constant: true }),
});
const ols = (firstEpoch: string): Case => ({
  method: createMethod("online-label-smoothing", { firstEpoch }),
});

const cases: Record<keyof typeof fixture.hard, Case> = {
  "cross-entropy": { method: createMethod("cross-entropy") },
  "label-smoothing": {
    method: createMethod("label-smoothing", { epsilon: 0.15, spread: "others" }),
  },
  "self-distillation": { method: createMethod("self-distillation") },
  "beta-smoothing": { method: createMethod("beta-smoothing") },
  "confidence-penalty": { method: createMethod("confidence-penalty", { beta: 0.3 }) },
  "hinton-distillation": { method: createMethod("hinton-distillation") },
  "hinton-distillation, factor one": {
    method: createMethod("hinton-distillation", { factor: "one" }),
  },
  "past-predictions, epoch 0": { method: createMethod("past-predictions") },
  "past-predictions, epoch 2": {
    method: createMethod("past-predictions"),
    epoch: 2,
    remember(method, state, kind) {
      method.observe!(batch(kind, 0), past[0]!, state);
      method.observe!(batch(kind, 1, M / 2), past[1]!.slice((M / 2) * K), state);
    },
  },
  "online-label-smoothing": {
    ...ols("crossEntropy"),
    epoch: 1,
    remember(method, state, kind) {
      method.observe!(batch(kind, 0, 0, 5), past[0]!.slice(0, 5 * K), state);
      method.observe!(batch(kind, 0, 5), past[0]!.slice(5 * K), state);
      method.epochEnd!(0, state);
    },
  },
  "online-label-smoothing, first epoch": ols("crossEntropy"),
  "online-label-smoothing, first epoch of the paper": ols("paper"),
  "bootstrapping, soft": {
    method: createMethod("bootstrapping", { labelWeight: 0.7 }),
  },
  "bootstrapping, hard": {
    method: createMethod("bootstrapping", { form: "hard", labelWeight: 0.7 }),
  },
  "virtual-teacher, bothTempered": virtual("bothTempered"),
  "virtual-teacher, untempered": virtual("untempered"),
  "virtual-teacher, teacherOnly": virtual("teacherOnly"),
  "virtual-teacher, publicCode": virtual("publicCode"),
};

describe.each(["hard", "soft"] as const)("on %s labels", (kind) => {
  test.each(Object.entries(cases))("%s", (name, { method, epoch = 0, remember, constant }) => {
    const state = method.init?.({ n: M, k: K }) ?? {};
    remember?.(method, state, kind);
    const { loss, gradient } = evaluate(method, kind, epoch, state);
    const expected = fixture[kind][name as keyof typeof fixture.hard];
    // Float32 against float64; entries of the gradient are around 0.1 / M.
    expect(gradient).toBeAllclose(expected.gradient, { rtol: 1e-4, atol: 1e-7 });
    if (constant) expect(loss).toBeGreaterThan(expected.loss);
    else expect(loss).toBeAllclose(expected.loss, { rtol: 1e-5 });
  });
});
