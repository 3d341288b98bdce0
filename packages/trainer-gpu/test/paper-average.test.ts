// The moving average as the authors' code has it, against @sd/beta-smoothing's and the network's own training mode.
import { emaDecay, MovingAverage } from "@sd/beta-smoothing";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { openEngine } from "../src/engine.ts";
import { betaSmoothing } from "../src/methods/beta-smoothing.ts";
import { initialWeights, type Mode } from "../src/models/model.ts";
import { resnet8 } from "../src/models/resnet.ts";
import { Session } from "../src/session.ts";
import type { SessionOptions } from "../src/session-options.ts";
import type { Arrays } from "../src/session-variables.ts";
import { formula } from "./formula.ts";
import { missingNative } from "./native-engine.ts";

const M = 6;
const network = resnet8({ input: [8, 8, 1], classes: 3 });
const images = (salt: number): Float32Array => formula(salt, M * 64, 1);
const targets = Float32Array.from({ length: M * 3 }, (_, j) => Number(j % 3 === (j % M) % 3));

const options = (changes: Partial<SessionOptions> = {}): SessionOptions => ({
  model: network,
  method: betaSmoothing({ ema: "paper" }),
  optimizer: { momentum: 0.9 },
  batchSize: M,
  predictBatchSize: M,
  initial: initialWeights(network, 1),
  averageInitial: initialWeights(network, 1, 0, "initialise-average"),
  ...changes,
});

const roleOf = (values: Arrays, role: string): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(`${role}/`))
      .map(([name, value]) => [name.slice(role.length + 1), value]),
  );

/** Logits in training mode, and what the buffers become. */
function forwardInTraining(weights: Arrays, data: Float32Array) {
  const buffers: Record<string, ArrayLike<number>> = {};
  const logits = tf.tidy(() => {
    const shapes = [...network.parameters, ...network.buffers];
    const tensors = Object.fromEntries(
      shapes.map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]),
    );
    const mode: Mode = {
      training: true,
      update: (name, value) => {
        buffers[name] = value.dataSync();
      },
    };
    return network.forward(tensors, tf.tensor4d(data, [M, 8, 8, 1]), mode).dataSync();
  });
  return { logits, buffers };
}

describe.each(["native", "wasm"] as const)("on %s", (engine) => {
  test("starts apart, runs in training mode and leaves the student's buffers out", async (ctx) => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: engine, install: false });
    const session = new Session(options());
    const buffers = network.buffers.map(({ name }) => name);
    const initial = roleOf(await session.read(), "ema");
    expect(initial).not.toEqual(roleOf(await session.read(), "weights"));
    const average = new MovingAverage({ ema: "paper", initial, buffers });
    average.update(roleOf(await session.read(), "weights"));

    for (let step = 1; step <= 3; step++) {
      const before = roleOf(await session.read(), "ema");
      const { ema } = await session.signals(images(step));
      const wanted = forwardInTraining(before, images(step));
      expect(ema).toBeAllclose(wanted.logits, { rtol: 1e-4, atol: 1e-4 });
      const inputs = { images: images(step), targets, learningRate: 0.1, step };
      await session.step({ ...inputs, emaDecay: emaDecay(step) });

      const after = await session.read();
      average.update(roleOf(after, "weights"));
      for (const { name } of network.parameters) {
        const expected = average.average[name]!;
        expect(after[`ema/${name}`]).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-6 });
      }
      for (const name of buffers) {
        const expected = wanted.buffers[name]!;
        expect(after[`ema/${name}`]).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 });
      }
    }
    session.dispose();
  });
});

test("needs weights to start at", async () => {
  await openEngine({ name: "cpu" });
  expect(() => new Session(options({ averageInitial: undefined }))).toThrow(
    "beta-smoothing needs weights for its average to start at",
  );
});

test("draws them independently of the student's", () => {
  const [own, average] = [options().initial, options().averageInitial!];
  for (const { name, kind } of network.parameters) {
    if (kind === "weight") expect(average[name]).not.toEqual(own[name]);
  }
});
