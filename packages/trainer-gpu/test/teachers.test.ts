// Teachers that are not the generation before: other networks, cached logits, SavedModels.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { horizontalFlip } from "@sd/data";
import { readRun } from "@sd/runs";
import { compileProgram } from "@sd/tfjs-compile";
import { findEngine } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainOptions } from "../src/config.ts";
import { type Engine, openEngine } from "../src/engine.ts";
import { createMethod } from "../src/methods/table.ts";
import { EVALUATION, initialWeights } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import { createVariables } from "../src/session-variables.ts";
import { cacheLogits } from "../src/teachers/cached-logits.ts";
import { loadTeacher } from "../src/teachers/load-teacher.ts";
import { savedModelTeacher } from "../src/teachers/saved-model.ts";
import type { LogitTeacher, NetworkTeacher } from "../src/teachers/teacher.ts";
import { train } from "../src/train.ts";
import { missingNative } from "./native-engine.ts";
import { outcome, stopAt } from "./outcome.ts";
import { smallRun } from "./small-run.ts";
import { toyData } from "./toy-data.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let base: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "sd-teachers-"));
});

const shape = { input: [8, 8, 1], classes: 4 } as const;
const options = (folder: string, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  ...smallRun(join(base, folder), engine, "self-distillation", "mlp"),
  epochs: 3,
  ...changes,
});
const networkTeacher = (model: string): NetworkTeacher => ({
  description: { name: `an untrained ${model}` },
  model,
  weights: initialWeights(createModel(model, shape), 9),
});

/** What a run leaves, but for its configuration. */
const outcomeOf = (folder: string): Promise<object> => outcome(join(base, folder));

describe("another network", () => {
  test("teaches from its run", async () => {
    const method = createMethod("cross-entropy");
    await train(options("teacher", { model: "lenet", method, teacher: undefined }));
    const teacher = await loadTeacher(join(base, "teacher"));
    expect(teacher.model).toBe("lenet");
    const before = tf.memory().numTensors;
    await train(options("student", { teacher }));
    expect(tf.memory().numTensors).toBe(before);
    const { config } = await readRun(join(base, "student"));
    expect(config.teacher).toEqual({ run: "../teacher", checkpoint: "best", model: "lenet" });
    await train(options("other", { teacher: networkTeacher("lenet") }));
    expect(await outcomeOf("other")).not.toEqual(await outcomeOf("student"));
  });

  test("of other classes is refused, by the tensor's name", async () => {
    const weights = initialWeights(createModel("lenet", { ...shape, classes: 5 }), 9);
    const teacher = { model: "lenet", weights };
    await expect(train(options("student", { teacher }))).rejects.toMatchObject({
      code: "BAD_CHECKPOINT",
      message: expect.stringContaining("tensor `fc2.weight`"),
    });
  });

  test("with the student's network gives what the same weights on the engine give", async () => {
    const teacher = networkTeacher("mlp");
    await train(options("inside", { teacher }));
    const open: LogitTeacher = await cacheLogits(teacher, toyData().train);
    await train(options("outside", { teacher: open }));
    // To rounding: its images are normalised on the host, the student's on the engine.
    const losses = async (name: string) =>
      (await readRun(join(base, name))).metrics.map(({ trainLoss }) => Number(trainLoss));
    expect(await losses("outside")).toBeAllclose(await losses("inside"), { rtol: 1e-5 });
  });
});

describe("cached logits", () => {
  test.each(["self-distillation", "hinton-distillation"])(
    "teach %s as the teacher itself does, interrupted or not",
    async (key) => {
      const method = createMethod(key);
      const teacher = networkTeacher("lenet");
      await train(options("live", { method, teacher }));
      const cached = await cacheLogits(teacher, toyData().train, { batchSize: 16 });
      await train(options("cached", { method, teacher: cached, ...stopAt(1, 2) }));
      await train(options("cached", { method, teacher: cached }));
      expect(await outcomeOf("cached")).toEqual(await outcomeOf("live"));
      const { config } = await readRun(join(base, "cached"));
      expect(config.teacher).toEqual({
        name: "an untrained lenet",
        model: "lenet",
        cached: true,
      });
    },
  );

  test("do not depend on how many rows are asked for at once", async () => {
    const teacher = networkTeacher("lenet");
    const rows = { indices: Int32Array.from({ length: 96 }, (_, i) => 95 - i) };
    const ask = async (batchSize: number): Promise<Float32Array> =>
      (await cacheLogits(teacher, toyData().train, { batchSize })).logits(rows as never);
    expect(await ask(40)).toBeAllclose(await ask(96), { rtol: 1e-5, atol: 1e-6 });
  });

  test("refuse images that are augmented", async () => {
    const teacher = await cacheLogits(networkTeacher("mlp"), toyData().train);
    const augment = { images: [horizontalFlip()] };
    await expect(train(options("run", { teacher, augment }))).rejects.toMatchObject({
      code: "BAD_OPTION",
      message: expect.stringContaining("`augment`: this teacher knows the images of the training"),
    });
    expect((await train(options("run", { teacher, augment: {} }))).state).toBe("done");
    const live = options("live", { teacher: networkTeacher("lenet"), augment });
    expect((await train(live)).state).toBe("done");
  });

  test("are kept in a file, and read from it for the same teacher and images alone", async () => {
    const file = join(base, "logits.safetensors");
    const { train: images, test: others } = toyData();
    let asked = 0;
    const teacher: LogitTeacher = {
      description: { name: "counts" },
      seesImages: true,
      async logits({ indices }) {
        asked++;
        return Float32Array.from(
          { length: indices.length * 4 },
          (_, i) => indices[i >> 2]! + i / 8,
        );
      },
    };
    const indices = Int32Array.of(3, 90);
    const ask = async (from: LogitTeacher): Promise<Float32Array> =>
      from.logits({ indices, images: new Float32Array(0), shape: [2, 8, 8, 1] });
    const first = await ask(await cacheLogits(teacher, images, { file, batchSize: 50 }));
    expect(asked).toBe(2);
    expect(await ask(await cacheLogits(teacher, images, { file }))).toEqual(first);
    expect(asked).toBe(2);
    await expect(cacheLogits(teacher, others, { file })).rejects.toThrow("expected the logits of");
    const other = { ...teacher, description: { name: "another" } };
    await expect(cacheLogits(other, images, { file })).rejects.toMatchObject({
      code: "BAD_CHECKPOINT",
    });
  });
});

describe("a SavedModel", () => {
  /** Writes a network as a SavedModel of batches of 16 images. */
  function exportNetwork(model: string): { folder: string; teacher: NetworkTeacher } {
    const folder = join(base, "saved-model");
    const teacher = networkTeacher(model);
    const network = createModel(model, shape);
    const variables = createVariables(network.parameters, (key) => teacher.weights[key]);
    const predict = ({ images }: { images: tf.Tensor }) => ({
      scores: network.forward(variables, images as tf.Tensor4D, EVALUATION),
      doubled: tf.mul(2, network.forward(variables, images as tf.Tensor4D, EVALUATION)),
    });
    const program = compileProgram({ variables, entries: { predict } });
    program.export(folder, "predict", { images: { shape: [16, 8, 8, 1] } });
    program.dispose();
    tf.dispose(variables as Record<string, tf.Variable>);
    return { folder, teacher };
  }

  test("teaches as the network that it was written from", async (ctx) => {
    if (missingNative) return ctx.skip(missingNative);
    const { folder, teacher } = exportNetwork("lenet");
    const saved = await savedModelTeacher(folder, { output: "scores" });
    await train(options("network", { teacher }));
    await train(options("saved", { teacher: saved }));
    saved.dispose?.();
    expect(await outcomeOf("saved")).toEqual(await outcomeOf("network"));
    const { config } = await readRun(join(base, "saved"));
    expect(config.teacher).toMatchObject({ savedModel: folder, output: "scores" });
  });

  test("takes what `prepare` makes of the images", async (ctx) => {
    if (missingNative) return ctx.skip(missingNative);
    const { folder } = exportNetwork("lenet");
    const prepare = (images: tf.Tensor4D) => tf.mul(images, 0.5);
    const [plain, halved] = [
      await savedModelTeacher(folder, { output: "scores" }),
      await savedModelTeacher(folder, { output: "scores", prepare }),
    ];
    const batch = { indices: new Int32Array(16), shape: [16, 8, 8, 1] as const };
    const images = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i));
    const half = images.map((x) => x / 2);
    expect(await halved.logits({ ...batch, images })).toEqual(
      await plain.logits({ ...batch, images: half }),
    );
    for (const teacher of [plain, halved]) teacher.dispose?.();
  });

  test("whose output is not clear is refused, with what there is", async (ctx) => {
    if (missingNative) return ctx.skip(missingNative);
    const { folder } = exportNetwork("mlp");
    await expect(savedModelTeacher(folder)).rejects.toThrow(
      "expected one output, or the option `output`",
    );
    await expect(savedModelTeacher(folder, { output: "logits" })).rejects.toThrow(
      /expected an output `logits`, got (scores, doubled|doubled, scores)/,
    );
    await expect(savedModelTeacher(join(base, "nothing"))).rejects.toThrow("nothing");
  });
});
