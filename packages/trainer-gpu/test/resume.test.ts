// Each method, stopped in the middle of an epoch and continued, leaves what it leaves uninterrupted.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainOptions } from "../src/config.ts";
import { type Engine, openEngine } from "../src/engine.ts";
import type { Method } from "../src/methods/method.ts";
import { createMethod, methods } from "../src/methods/table.ts";
import { initialWeights } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import { train } from "../src/train.ts";
import { outcome, stopAt } from "./outcome.ts";
import { toyData } from "./toy-data.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sd-resume-"));
});

const network = createModel("mlp", { input: [8, 8, 1], classes: 4 });

/** Batches of 20 of 96 rows: an epoch leaves rows out. */
const options = (method: Method, run: string): TrainOptions => ({
  folder: join(folder, run),
  engine,
  data: toyData(),
  model: "mlp",
  method,
  teacher: { folder: join(folder, "teacher"), weights: initialWeights(network, 9) },
  seed: 1,
  generation: 0,
  epochs: 3,
  batchSize: 20,
  optimizer: { learningRate: 0.05 },
  schedule: { name: "cosine" },
});

const variants: [string, Method][] = [
  ...Object.keys(methods).map((key): [string, Method] => [key, createMethod(key)]),
  ["bootstrapping, hard", createMethod("bootstrapping", { form: "hard" })],
  ["beta-smoothing, ema paper", createMethod("beta-smoothing", { ema: "paper" })],
  [
    "online-label-smoothing, firstEpoch paper",
    createMethod("online-label-smoothing", { firstEpoch: "paper" }),
  ],
];

describe("stopped in the middle of an epoch and continued", () => {
  test.each(variants)("%s ends as if it had not been", async (_, method) => {
    await train(options(method, "whole"));
    const part = { ...options(method, "part"), ...stopAt(1, 2) };
    expect((await train(part)).state).toBe("stopped");
    expect((await train(options(method, "part"))).state).toBe("done");
    expect(await outcome(join(folder, "part"))).toEqual(await outcome(join(folder, "whole")));
  });

  test("the step after which it was stopped is saved, with the method's memory", async () => {
    const run = { ...options(createMethod("past-predictions"), "part"), ...stopAt(0, 3) };
    await train(run);
    const { loadCheckpoint, status, metrics } = await readRun(run.folder);
    expect(status).toMatchObject({ state: "stopped", epoch: 0, step: 3, steps: 4 });
    expect(metrics).toEqual([]);
    const { tensors, metadata } = await loadCheckpoint("last");
    expect(JSON.parse(metadata.state!)).toMatchObject({ partial: { step: 3, rows: 60 } });
    expect(tensors["method.probs"]).toMatchObject({ dtype: "F32", shape: [96 * 4] });
    // Three batches of 20 were seen.
    const seen = tensors["method.seen"]!.data as Uint8Array;
    expect(seen.reduce((a, b) => a + b, 0)).toBe(60);
  });

  test("after every step, it ends as if it had not been", async () => {
    const method = createMethod("online-label-smoothing");
    await train({ ...options(method, "whole"), epochs: 2 });
    for (let starts = 0; ; starts++) {
      const controller = new AbortController();
      const { signal } = controller;
      const onProgress = (): void => controller.abort();
      const part = { ...options(method, "part"), epochs: 2, signal, onProgress };
      if ((await train(part)).state === "stopped") continue;
      // After each of eight steps, and after the first epoch's end.
      expect(starts).toBe(9);
      break;
    }
    expect(await outcome(join(folder, "part"))).toEqual(await outcome(join(folder, "whole")));
  });
});

test("the methods train on different losses", async () => {
  const outcomes = new Set<string>();
  for (const [key, method] of variants) {
    await train(options(method, key.replaceAll(/\W+/g, "-")));
    const { test: logits } = (await outcome(join(folder, key.replaceAll(/\W+/g, "-")))) as {
      test: Float32Array;
    };
    outcomes.add(logits.join());
  }
  expect(outcomes.size).toBe(variants.length);
});
