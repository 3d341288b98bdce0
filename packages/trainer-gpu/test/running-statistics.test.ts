// What of a network with batch normalisation goes beyond its parameters: running statistics, modes,
// the moving average of both.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { packWeights } from "../src/checkpoint.ts";
import { openEngine } from "../src/engine.ts";
import type { Signal } from "../src/methods/method.ts";
import { initialWeights } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import { Session } from "../src/session.ts";
import type { SessionOptions, StepInputs } from "../src/session-options.ts";
import { formula } from "./formula.ts";
import { missingNative } from "./native-engine.ts";

const ROWS = 8;
const SIDE = 8;
const model = createModel("resnet-8", { input: [SIDE, SIDE, 1], classes: 4 });
const MEAN = "bn1.running_mean";
const VARIANCE = "bn1.running_var";
const COUNT = "bn1.num_batches_tracked";

function session(signals: Signal[], options: Partial<SessionOptions> = {}): Session {
  return new Session({
    model,
    method: { name: "test", signals },
    optimizer: { momentum: 0.9 },
    batchSize: ROWS,
    predictBatchSize: ROWS,
    initial: initialWeights(model, 1),
    ...options,
  });
}

const images = (salt: number): Float32Array => formula(salt, ROWS * SIDE * SIDE, 1);

function batch(step: number): StepInputs {
  const targets = new Float32Array(ROWS * 4);
  for (let i = 0; i < ROWS; i++) targets[i * 4 + (i % 4)] = 1;
  return { images: images(step), targets, learningRate: 0.1, step, emaDecay: 0.75 };
}

describe.each(["native", "wasm"] as const)("on %s", (engine) => {
  const open = async (ctx: { skip(note: string): void }): Promise<void> => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: engine, install: false });
  };

  test("they start as PyTorch's and count the batches; predicting leaves them", async (ctx) => {
    await open(ctx);
    const s = session([]);
    const start = await s.read();
    expect(start[`weights/${MEAN}`]).toEqual(new Float32Array(16));
    expect(start[`weights/${VARIANCE}`]).toEqual(new Float32Array(16).fill(1));
    await s.predict(images(9));
    expect(await s.read()).toEqual(start);
    await s.step(batch(1));
    await s.step(batch(2));
    expect([...(await s.read())[`weights/${COUNT}`]!]).toEqual([2]);
    s.dispose();
  });

  test("the teacher and the moving average see each image alone", async (ctx) => {
    await open(ctx);
    const teacher = initialWeights(model, 2);
    const s = session(["teacher", "ema"], { teacher });
    await s.step(batch(1));
    const one = await s.signals(images(5));
    // The same first image in another company.
    const other = images(6);
    other.set(images(5).subarray(0, SIDE * SIDE));
    const two = await s.signals(other);
    for (const signal of ["teacher", "ema"] as const) {
      expect(two[signal]!.subarray(0, 4)).toBeAllclose(one[signal]!.subarray(0, 4), {
        rtol: 1e-5,
        atol: 1e-6,
      });
    }
    const values = await s.read();
    expect(values[`teacher/${MEAN}`]).toEqual(teacher[MEAN]);
    expect(values[`teacher/${COUNT}`]).toEqual(teacher[COUNT]);
    s.dispose();
  });

  test("the moving average averages them and takes the count over", async (ctx) => {
    await open(ctx);
    const s = session(["ema"]);
    const start = await s.read();
    await s.step(batch(1));
    const values = await s.read();
    for (const name of [MEAN, VARIANCE, "bn1.weight", "layer2.0.bn2.running_var"]) {
      const [before, after] = [start[`ema/${name}`]!, values[`weights/${name}`]!];
      const expected = before.map((x, i) => 0.75 * x + 0.25 * after[i]!);
      expect(values[`ema/${name}`]).toBeAllclose(expected, { rtol: 1e-6, atol: 1e-7 });
    }
    expect(values[`ema/${COUNT}`]).toEqual(Float32Array.of(1));
    s.dispose();
  });

  test("steps leave no tensor behind, recorded or called", async (ctx) => {
    await open(ctx);
    const before = tf.memory().numTensors;
    for (const mode of ["auto", "eager"] as const) {
      const s = session(["ema"], { mode, parts: 2, optimizer: { name: "adamw", clipNorm: 1 } });
      await s.step(batch(1));
      const after = tf.memory().numTensors;
      await s.step(batch(2));
      await s.signals(images(3));
      expect(tf.memory().numTensors).toBe(after);
      s.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("a count in a checkpoint is an integer of 64 bits without axes", () => {
  const packed = packWeights(model, { ...initialWeights(model, 0), [COUNT]: Float32Array.of(3) });
  expect(packed[COUNT]).toEqual({ dtype: "I64", shape: [], data: BigInt64Array.of(3n) });
});
