import {
  clipByGlobalNorm,
  createUpdateRule,
  momentum,
  type OptimizerOptions,
  TrainerError,
  type UpdateOptions,
  type UpdateRule,
} from "@sd/trainer-gpu";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { resolveOptimizer } from "../src/update-rules/table.ts";
import fixture from "./fixtures/update-rules.json" with { type: "json" };

beforeAll(() => tf.setBackend("cpu"));

/** One step after the other of one parameter, from the fixture's start by its gradients. */
function trace(rule: UpdateRule, decays = true): Float32Array[] {
  let parameter: tf.Tensor = tf.tensor1d(fixture.start);
  let state = Object.fromEntries(rule.slots.map((slot) => [slot, tf.zerosLike(parameter)]));
  return fixture.gradients.map((values, i) => {
    const coefficients = Object.entries(rule.coefficients(fixture.learningRates[i]!, i + 1));
    const updated = rule.update(
      { parameter, gradient: tf.tensor1d(values), state, decays },
      Object.fromEntries(coefficients.map(([name, value]) => [name, tf.scalar(value)])),
    );
    parameter = updated.parameter;
    state = { ...updated.state };
    return parameter.dataSync() as Float32Array;
  });
}

describe("update rules", () => {
  test.each(fixture.cases)("$options equals torch.optim's", ({ options, trace: expected }) => {
    const rows = trace(createUpdateRule(options as UpdateOptions));
    // float32 against float64; coordinates pass near 0
    for (const [i, row] of rows.entries()) {
      expect(row).toBeAllclose(expected[i]!, { rtol: 2e-6, atol: 1e-6 });
    }
  });

  test.each(["momentum", "adamw"] as const)(
    "%s: a parameter without decay moves as if there were none",
    (name) => {
      const [some, none] = [0.1, 0].map((weightDecay) => createUpdateRule({ name, weightDecay }));
      expect(trace(some!, false)).toEqual(trace(none!));
      expect(trace(some!)).not.toEqual(trace(none!));
    },
  );

  test("momentum 0 without decay is plain gradient descent", () => {
    const { parameter } = momentum({ momentum: 0 }).update(
      {
        parameter: tf.tensor1d([1, 2]),
        gradient: tf.tensor1d([0.5, -1]),
        state: { velocity: tf.tensor1d([7, 7]) },
        decays: true,
      },
      { learningRate: tf.scalar(0.5) },
    );
    expect([...parameter.dataSync()]).toEqual([0.75, 2.5]);
  });

  test("momentum is the default; everything resolved is in the configuration", () => {
    expect(resolveOptimizer({ learningRate: 0.1, clipNorm: 5 })).toEqual({
      name: "momentum",
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: false,
      weightDecay: 0,
      decay: "coupled",
      withoutDecay: [],
      clipNorm: 5,
    });
    const adamw = { name: "adamw", learningRate: 1e-3, withoutDecay: ["bias"] } as const;
    expect(resolveOptimizer(adamw)).toEqual({
      ...adamw,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
      decay: "decoupled",
    });
  });

  test.each([
    [{ momentum: 1 }, "`momentum`: expected a number in [0, 1), got 1"],
    [{ momentum: Number.NaN }, "`momentum`"],
    [{ weightDecay: -1 }, "`weightDecay`: expected a number in [0, 1), got -1"],
    [{ decay: "both" }, "`decay`: expected `coupled` or `decoupled`, got both"],
    [{ name: "adamw", beta1: 1 }, "`beta1`"],
    [{ name: "adamw", beta2: -0.1 }, "`beta2`"],
    [{ name: "adamw", epsilon: 0 }, "`epsilon`: expected a positive number, got 0"],
    [{ withoutDecay: ["norm", "bn"] }, "`withoutDecay`: expected some of weight, bias, norm"],
    [{ clipNorm: 0 }, "`clipNorm`: expected a positive number, got 0"],
    [{ name: "sgd" }, "unknown optimizer `sgd`: expected one of momentum, adamw"],
  ])("%j is refused", (options, message) => {
    const make = (): unknown => createUpdateRule(options as unknown as OptimizerOptions);
    expect(make).toThrow(TrainerError);
    expect(make).toThrow(message);
  });
});

describe("clipByGlobalNorm", () => {
  test.each(fixture.clipping)("to $maxNorm equals PyTorch's", ({ maxNorm, gradients }) => {
    const [a, b] = fixture.gradients;
    const clipped = clipByGlobalNorm({ a: tf.tensor1d(a!), b: tf.tensor2d(b!, [2, 2]) }, maxNorm);
    expect(clipped.b.shape).toEqual([2, 2]);
    expect(clipped.a.dataSync()).toBeAllclose(gradients[0]!, { rtol: 1e-6 });
    expect(clipped.b.dataSync()).toBeAllclose(gradients[1]!, { rtol: 1e-6 });
  });

  test("gradients that are all 0 stay 0", () => {
    const { a } = clipByGlobalNorm({ a: tf.zeros([3]) }, 1);
    expect([...a.dataSync()]).toEqual([0, 0, 0]);
  });
});
