// Each term of the loss on the engine against its twin in @sd/losses, value and gradient.
import {
  confidencePenaltyValueAndGrad,
  hintonDistillationValueAndGrad,
  softmaxCrossEntropyValueAndGrad,
  type ValueAndGrad,
  virtualTeacherLogits,
} from "@sd/losses";
import { argmax } from "@sd/math";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { ownDecision } from "../src/methods/bootstrapping.ts";
import { entropyBonus } from "../src/methods/confidence-penalty.ts";
import type { EngineTerm } from "../src/methods/engine-term.ts";
import { teacherDivergence } from "../src/methods/hinton-distillation.ts";
import { virtualTeacherDivergence } from "../src/methods/virtual-teacher.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Rows = { logits: Float64Array; labels: Int32Array; shape: readonly [number, number] };

/** The term and its gradient on the cpu engine. */
function onEngine(term: EngineTerm, { logits, labels, shape }: Rows) {
  return tf.tidy(() => {
    const [n, k] = shape;
    const targets = new Float32Array(n * k);
    labels.forEach((label, i) => {
      targets[i * k + label] = 1;
    });
    const inputs = {
      targets: tf.tensor2d(targets, [n, k]),
      teacher: tf.tensor2d(
        Float32Array.from(logits, (f) => -f / 2),
        [n, k],
      ),
    };
    const loss = (f: tf.Tensor): tf.Scalar => term.loss(f as tf.Tensor2D, inputs);
    const { value, grad } = tf.valueAndGrad(loss)(tf.tensor2d(Float32Array.from(logits), [n, k]));
    return { value: value.dataSync()[0]!, grad: grad.dataSync() };
  });
}

/** What the twin says, as a mean over rows; logits in float32 as the engine has them. */
function expectTwin(term: EngineTerm, twin: (rows: Rows) => ValueAndGrad<Float64Array>): void {
  fc.assert(
    fc.property(rows(), (drawn) => {
      const logits = Float64Array.from(drawn.logits, Math.fround);
      const one = { ...drawn, logits } as Rows;
      const [n] = one.shape;
      const { value, grad } = twin(one);
      const engine = onEngine(term, one);
      const scale = value.reduce((sum, v) => sum + Math.abs(v), 1) / n;
      const mean = value.reduce((sum, v) => sum + v, 0) / n;
      // Float32 sums of logits as large as drawn against float64.
      expect(engine.value).toBeAllclose(mean, { rtol: 1e-4, atol: 1e-5 * scale });
      const wanted = grad.map((g) => g / n);
      const largest = wanted.reduce((a, g) => Math.max(a, Math.abs(g)), 1);
      expect(engine.grad).toBeAllclose(wanted, { rtol: 1e-3, atol: 2e-5 * largest });
    }),
  );
}

test("the entropy bonus is the confidence penalty less the cross-entropy", () => {
  expectTwin(entropyBonus(0.3), ({ logits, labels, shape }) => {
    const whole = confidencePenaltyValueAndGrad(logits, labels, shape, { beta: 0.3 });
    const plain = softmaxCrossEntropyValueAndGrad(logits, labels, shape);
    return {
      value: whole.value.map((v, i) => v - plain.value[i]!),
      grad: whole.grad.map((g, i) => g - plain.grad[i]!),
    };
  });
});

test("one's own decision is the cross-entropy with the largest class", () => {
  expectTwin(ownDecision(0.4), ({ logits, shape }) => {
    const decisions = Int32Array.from(argmax(logits, shape));
    const { value, grad } = softmaxCrossEntropyValueAndGrad(logits, decisions, shape);
    return { value: value.map((v) => 0.4 * v), grad: grad.map((g) => 0.4 * g) };
  });
});

test("the teacher's divergence is Hinton's distillation", () => {
  expectTwin(teacherDivergence(16, 4), ({ logits, shape }) =>
    hintonDistillationValueAndGrad(
      logits,
      logits.map((f) => -f / 2),
      shape,
      { temperature: 4 },
    ),
  );
});

test("the virtual teacher's is that of its logits", () => {
  expectTwin(virtualTeacherDivergence(0.7, 0.9, 5), ({ logits, labels, shape }) => {
    const u = virtualTeacherLogits(labels, shape, { correct: 0.9 });
    const options = { temperature: 5, factor: "one" } as const;
    const { value, grad } = hintonDistillationValueAndGrad(logits, u, shape, options);
    return { value: value.map((v) => 0.7 * v), grad: grad.map((g) => 0.7 * g) };
  });
});

test("terms stay finite at logits of ±10⁴", () => {
  const logits = Float64Array.of(1e4, -1e4, 0, -1e4, 1e4, 1e4);
  const one: Rows = { logits, labels: Int32Array.of(1, 2), shape: [2, 3] };
  for (const term of [
    entropyBonus(1),
    teacherDivergence(1, 4),
    virtualTeacherDivergence(1, 0.99, 20),
  ]) {
    const { value, grad } = onEngine(term, one);
    expect([value, ...grad].every(Number.isFinite)).toBe(true);
  }
});
