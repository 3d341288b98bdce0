import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accuracy } from "@sd/metrics";
import { openRun, readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainOptions } from "../src/config.ts";
import { type Engine, openEngine } from "../src/engine.ts";
import { TrainerError } from "../src/errors.ts";
import { createMethod } from "../src/methods/table.ts";
import { train } from "../src/train.ts";
import { outcome, stopAt } from "./outcome.ts";
import { toyData } from "./toy-data.ts";

// What the loop promises does not depend on the engine: the native one where it is, else wasm.
const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "sd-train-")), "run");
});

const options = (changes: Partial<TrainOptions> = {}): TrainOptions => ({
  folder,
  engine,
  data: toyData(),
  model: "mlp",
  method: createMethod("beta-smoothing"),
  seed: 1,
  generation: 0,
  epochs: 4,
  batchSize: 16,
  optimizer: { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 },
  schedule: { name: "cosine" },
  ...changes,
});

describe("a run", () => {
  test("learns, and leaves everything in its folder", async () => {
    const result = await train(options({ epochs: 12, method: createMethod("cross-entropy") }));
    expect(result).toEqual({ folder, state: "done", reused: false });
    const { metrics, status, config, manifest, predictions, splits } = await readRun(folder);
    expect(status.state).toBe("done");
    expect(metrics.map(({ epoch }) => epoch)).toEqual([...Array(12).keys()]);
    expect(Number(metrics.at(-1)?.trainLoss)).toBeLessThan(Number(metrics[0]?.trainLoss) / 2);
    expect(await splits()).toEqual(["test", "validation"]);
    const { logits, labels, shape } = await predictions("test");
    expect(accuracy(logits, labels, shape)).toBeGreaterThan(0.9);
    expect(config).toMatchObject({ method: { name: "cross-entropy" }, seed: 1, model: "mlp" });
    const { name: engineName, device, threads } = engine;
    expect(manifest).toMatchObject({ engine: engineName, device, threads, seed: 1 });
  });

  test("the predictions are those of the best validation epoch", async () => {
    await train(options());
    const { metrics, status, predictions } = await readRun(folder);
    const accuracies = metrics.map((row) => Number(row.validationAccuracy));
    expect(status.bestEpoch).toBe(accuracies.indexOf(Math.max(...accuracies)));
    const { logits, labels, shape } = await predictions("validation");
    expect(accuracy(logits, labels, shape)).toBe(Math.max(...accuracies));
  });

  test("keeps its predictions on the training images where it is told to", async () => {
    const { train: images, ...others } = toyData();
    // The validation images are the training images, so that both are predicted alike.
    const data = { ...others, train: images, validation: images };
    await train(options({ data, epochs: 1, predictTrain: true }));
    const { predictions, splits } = await readRun(folder);
    expect(await splits()).toEqual(["test", "train", "validation"]);
    expect(await predictions("train")).toEqual(await predictions("validation"));
    expect((await predictions("train")).labels).toEqual(images.labels);
  });

  test("tells its progress after every step and every epoch", async () => {
    const steps: string[] = [];
    const epochs: number[] = [];
    await train(
      options({
        epochs: 2,
        onProgress: ({ epoch, step, steps: of, metrics }) => {
          if (metrics) epochs.push(metrics.epoch!);
          else steps.push(`${epoch}:${step}/${of}`);
        },
      }),
    );
    expect(epochs).toEqual([0, 1]);
    expect(steps).toHaveLength(12);
    expect(steps.at(-1)).toBe("1:6/6");
  });

  test("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    await train(options({ epochs: 2 }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("same seed", () => {
  test("gives identical numbers and weights", async () => {
    await train(options());
    await train(options({ folder: `${folder}-again` }));
    expect(await outcome(`${folder}-again`)).toEqual(await outcome(folder));
  });

  test("another seed gives others", async () => {
    await train(options({ epochs: 1 }));
    await train(options({ epochs: 1, seed: 2, folder: `${folder}-other` }));
    expect(await outcome(`${folder}-other`)).not.toEqual(await outcome(folder));
  });

  test("another generation starts from other weights", async () => {
    await train(options({ epochs: 1 }));
    await train(options({ epochs: 1, generation: 1, folder: `${folder}-next` }));
    expect(await outcome(`${folder}-next`)).not.toEqual(await outcome(folder));
  });
});

describe("an interrupted run", () => {
  test.each([
    ["in its first epoch", 0, 3],
    ["in the middle", 2, 1],
    ["at the end of an epoch", 1, 6],
  ])("goes on and ends as if it had not been: %s", async (_, epoch, step) => {
    await train(options({ folder: `${folder}-whole` }));
    const stopped = await train(options(stopAt(epoch, step)));
    expect(stopped.state).toBe("stopped");
    expect((await readRun(folder)).status.state).toBe("stopped");
    expect((await train(options())).state).toBe("done");
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });

  test("whose last line was lost after its checkpoint writes it again", async () => {
    await train(options({ folder: `${folder}-whole` }));
    await train(options(stopAt(2, 1)));
    const file = join(folder, "metrics.jsonl");
    const [first] = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, `${first}\n{"epoch":1,"trainLo`);
    await train(options());
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });

  test("of a network with running statistics, by AdamW in parts, goes on as exactly", async () => {
    const changes: Partial<TrainOptions> = {
      model: "resnet-8",
      optimizer: { name: "adamw", learningRate: 0.003 },
      parts: 2,
      epochs: 3,
    };
    await train(options({ ...changes, folder: `${folder}-whole` }));
    expect((await train(options({ ...changes, ...stopAt(1, 3) }))).state).toBe("stopped");
    expect((await train(options(changes))).state).toBe("done");
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
    const { tensors } = await (await readRun(folder)).loadCheckpoint("last");
    // Three epochs of six batches of two parts.
    expect(tensors["layer3.0.bn2.num_batches_tracked"]?.data).toEqual(BigInt64Array.of(36n));
    expect(Object.keys(tensors)).toContain("ema.layer1.0.bn1.running_var");
    expect(Object.keys(tensors)).toContain("optimizer.secondMoment.conv1.weight");
  });

  test("that is finished is left as it is", async () => {
    await train(options({ epochs: 1 }));
    const before = await readFile(join(folder, "metrics.jsonl"));
    const again = await train(options({ epochs: 1 }));
    expect(again).toEqual({ folder, state: "done", reused: true });
    expect(await readFile(join(folder, "metrics.jsonl"))).toEqual(before);
  });
});

describe("what is refused", () => {
  test("a folder in which another process trains; it is free again after the end", async () => {
    let refused: unknown;
    const onProgress = async (): Promise<void> => {
      refused ??= train(options()).catch((e: unknown) => e);
    };
    await train(options({ epochs: 4, onProgress }));
    expect(await refused).toMatchObject({ code: "ERR_LOCKED", holder: { pid: process.pid } });
    expect((await train(options())).reused).toBe(true);
    expect(await readdir(folder)).not.toContain("lock.json");
  });

  test("but not one that holds the finished run, which many may look at", async () => {
    await train(options({ epochs: 1 }));
    const other = await openRun(folder);
    expect((await train(options({ epochs: 1 }))).reused).toBe(true);
    await expect(train(options({ epochs: 2 }))).rejects.toMatchObject({ code: "CONFIG_MISMATCH" });
    await other.close();
  });

  test("the folder of a run that failed is free again", async () => {
    const optimizer = { learningRate: 1e30 };
    await expect(train(options({ optimizer }))).rejects.toThrow(TrainerError);
    expect(await readdir(folder)).not.toContain("lock.json");
    await expect(train(options({ epochs: 2 }))).rejects.toMatchObject({ code: "CONFIG_MISMATCH" });
    expect(await readdir(folder)).not.toContain("lock.json");
  });

  test("a folder that holds a run with another configuration", async () => {
    await train(options({ epochs: 1 }));
    const error = await train(options({ epochs: 2 })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "CONFIG_MISMATCH" });
    expect((error as Error).message).toContain(folder);
  });

  test("a loss that is not finite: the run says so in its status", async () => {
    const optimizer = { learningRate: 1e30, momentum: 0.9, weightDecay: 0 };
    const error = await train(options({ optimizer })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TrainerError);
    expect(error).toMatchObject({ code: "NON_FINITE_LOSS" });
    const { status } = await readRun(folder);
    expect(status.state).toBe("failed");
    expect(status.error).toContain("a smaller learning rate may help");
  });

  test.each([
    [{ seed: -1 }, "`seed`: expected a non-negative integer, got -1"],
    [{ epochs: 0 }, "`epochs`: expected a positive integer, got 0"],
    [{ epochs: 1.5 }, "`epochs`: expected a positive integer, got 1.5"],
    [{ batchSize: 97 }, "`batchSize`: expected at most 96, the training images, got 97"],
    [{ generation: -2 }, "`generation`: expected a non-negative integer, got -2"],
    [{ optimizer: { learningRate: 0 } }, "`learningRate`: expected a positive number, got 0"],
    [{ optimizer: { learningRate: 1, momentum: 1 } }, "`momentum`: expected a number in [0, 1)"],
    [{ parts: 3 }, "`parts`: expected a divisor of the batch size 16, got 3"],
    [{ schedule: { name: "one-cycle", peak: 2 } }, "`peak`: expected a number in (0, 1), got 2"],
    [{ model: "resnet" }, "unknown model `resnet`"],
  ] as [Partial<TrainOptions>, string][])("%j", async (changes, message) => {
    await expect(train(options(changes))).rejects.toThrow(message);
  });

  test("test images of another shape", async () => {
    const data = toyData();
    const test = { ...data.test, shape: [40, 4, 16, 1] as const };
    await expect(train(options({ data: { ...data, test } }))).rejects.toThrow("`data.test`");
  });
});
