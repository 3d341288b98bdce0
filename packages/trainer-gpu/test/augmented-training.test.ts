// Training on augmented and mixed images, and on soft labels.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Augment,
  cutMix,
  horizontalFlip,
  Loader,
  mixup,
  randomCrop,
  withLabelTargets,
} from "@sd/data";
import { readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainData, TrainOptions } from "../src/config.ts";
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
  folder = await mkdtemp(join(tmpdir(), "sd-augmented-"));
});

const network = createModel("mlp", { input: [8, 8, 1], classes: 4 });
const images = [randomCrop({ padding: 1 }), horizontalFlip()];

const options = (run: string, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  folder: join(folder, run),
  engine,
  data: toyData(),
  model: "mlp",
  method: createMethod("cross-entropy"),
  teacher: { folder: join(folder, "teacher"), weights: initialWeights(network, 9) },
  seed: 1,
  generation: 0,
  epochs: 2,
  batchSize: 20,
  optimizer: { learningRate: 0.05 },
  schedule: { name: "constant" },
  ...changes,
});

describe("augmentation", () => {
  test.each([
    ["images", { images }],
    ["mixup", { images, mix: mixup() }],
    ["CutMix", { mix: cutMix({ alpha: 0.5 }) }],
  ] as [string, Augment][])("by %s: stopped and continued is never stopped", async (_, augment) => {
    await train(options("whole", { augment }));
    await train(options("part", { augment, ...stopAt(1, 2) }));
    await train(options("part", { augment }));
    expect(await outcome(join(folder, "part"))).toEqual(await outcome(join(folder, "whole")));
    await train(options("plain"));
    expect(await outcome(join(folder, "plain"))).not.toEqual(await outcome(join(folder, "whole")));
  });

  test("is recorded in the configuration, and another one is another run", async () => {
    const { folder: run } = await train(options("run", { augment: { images, mix: mixup() } }));
    const { config } = await readRun(run);
    expect(config.augment).toEqual({
      images: [
        { name: "random-crop", options: { padding: 1, fill: 0 } },
        { name: "horizontal-flip", options: { probability: 0.5 } },
      ],
      mix: { name: "mixup", options: { alpha: 1 } },
    });
    const other = train(options("run", { augment: { images } }));
    await expect(other).rejects.toMatchObject({ code: "CONFIG_MISMATCH" });
  });
});

/** A method that keeps what it was asked for. */
function recording(inner: Method): { method: Method; seen: (Float32Array | undefined)[] } {
  const seen: (Float32Array | undefined)[] = [];
  const targets: Method["targets"] = (batch, ...rest) => {
    seen.push(batch.labelTargets);
    return inner.targets(batch, ...rest);
  };
  return { method: { ...inner, targets }, seen };
}

/** The toy data with labels that people half agree on. */
function softData(): TrainData {
  const data = toyData();
  const targets = Float32Array.from({ length: 96 * 4 }, (_, j) =>
    j % 4 === (j >> 2) % 4 ? 0.7 : 0.1,
  );
  return { ...data, train: withLabelTargets(data.train, targets) };
}

describe("soft labels", () => {
  test.each(Object.keys(methods))("%s trains on people's and on mixed ones", async (key) => {
    for (const changes of [{ data: softData() }, { augment: { mix: mixup() } }]) {
      const { method, seen } = recording(createMethod(key));
      const result = await train(options(`${key}-${Object.keys(changes)}`, { ...changes, method }));
      expect(result.state).toBe("done");
      expect(seen.every((targets) => targets?.length === 80)).toBe(true);
    }
  });

  test("hard ones leave a method without any", async () => {
    const { method, seen } = recording(createMethod("cross-entropy"));
    await train(options("hard", { method }));
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  test("a method is given those of its batch", async () => {
    const { method, seen } = recording(createMethod("cross-entropy"));
    const data = softData();
    await train(options("soft", { method, data, epochs: 1 }));
    const order = { batchSize: 20, seed: 1, shuffle: true, dropLast: true };
    const batches = [...new Loader(data.train, order).epoch(0)];
    expect(seen).toEqual(batches.map(({ labelTargets }) => labelTargets));
  });
});
