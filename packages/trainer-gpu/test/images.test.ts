// What becomes of images on their way to the network: made ahead by workers, brought to another size.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { centerCrop, horizontalFlip, mixup, randomCrop, randomResizedCrop } from "@sd/data";
import { readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainOptions } from "../src/config.ts";
import { type Engine, openEngine } from "../src/engine.ts";
import { createMethod } from "../src/methods/table.ts";
import { loadTeacher } from "../src/teachers/load-teacher.ts";
import { train } from "../src/train.ts";
import { outcome, stopAt } from "./outcome.ts";
import { smallRun } from "./small-run.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let base: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "sd-images-"));
});

const options = (folder: string, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  ...smallRun(join(base, folder), engine, "past-predictions", "mlp"),
  epochs: 2,
  augment: { images: [randomCrop({ padding: 1 }), horizontalFlip()], mix: mixup() },
  ...changes,
});

describe("batches that workers make ahead", () => {
  test("give the same run, whatever their number, interrupted or not", async () => {
    await train(options("none", { workers: 0 }));
    await train(options("one"));
    await train(options("two", { workers: 2, ...stopAt(1, 2) }));
    await train(options("two", { workers: 1 }));
    const none = await outcome(join(base, "none"));
    expect(await outcome(join(base, "one"))).toEqual(none);
    expect(await outcome(join(base, "two"))).toEqual(none);
  });

  test("are not made by fewer than no worker", async () => {
    await expect(train(options("run", { workers: -1 }))).rejects.toThrow(
      "`workers`: expected a non-negative integer, got -1",
    );
  });
});

describe("images that are trained on at another size", () => {
  const augment = { images: [randomResizedCrop({ size: 6 })] };
  const evaluate = [centerCrop({ size: 6 })];

  test("are judged at that size, and the network teaches at it", async () => {
    const method = createMethod("cross-entropy");
    await train(options("teacher", { method, teacher: undefined, augment, evaluate }));
    const { manifest, config, status } = await readRun(join(base, "teacher"));
    expect(status.state).toBe("done");
    expect(manifest.input).toMatchObject({ shape: [6, 6, 1], classes: 4 });
    expect(config.evaluate).toEqual([{ name: "center-crop", options: { size: 6 } }]);
    const teacher = await loadTeacher(join(base, "teacher"));
    const student = { method: createMethod("self-distillation"), teacher, augment, evaluate };
    expect((await train(options("student", student))).state).toBe("done");
  });

  test("are refused where validation and test have another", async () => {
    await expect(train(options("run", { augment }))).rejects.toThrow(
      "`data.validation`: expected image shape and classes [[6,6,1],4] as they are trained on, got [[8,8,1],4]",
    );
  });
});
