import { momentumUpdate } from "@sd/trainer-gpu";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import fixture from "./fixtures/momentum.json" with { type: "json" };

beforeAll(() => tf.setBackend("cpu"));

test.each(fixture.cases)(
  "equals torch.optim.SGD: momentum $momentum, weight decay $weightDecay, Nesterov $nesterov",
  ({ learningRate, momentum, weightDecay, nesterov, trace }) => {
    let parameter: tf.Tensor = tf.tensor1d(fixture.start);
    let velocity: tf.Tensor = tf.zerosLike(parameter);
    for (const [step, expected] of trace.entries()) {
      const updated = momentumUpdate(
        parameter,
        tf.tensor1d(fixture.gradients[step]!),
        velocity,
        tf.scalar(learningRate),
        { momentum, weightDecay, nesterov },
      );
      ({ parameter, velocity } = updated);
      // float32 against float64
      expect(parameter.dataSync()).toBeAllclose(expected, { rtol: 1e-6, atol: 1e-7 });
    }
  },
);

test("weight decay 0 and momentum 0 is plain gradient descent", () => {
  const { parameter } = momentumUpdate(
    tf.tensor1d([1, 2]),
    tf.tensor1d([0.5, -1]),
    tf.tensor1d([7, 7]),
    tf.scalar(0.5),
    { momentum: 0 },
  );
  expect([...parameter.dataSync()]).toEqual([0.75, 2.5]);
});
