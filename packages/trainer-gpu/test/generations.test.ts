import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { type Engine, openEngine } from "../src/engine.ts";
import { distilGenerations, type GenerationOptions } from "../src/generations.ts";
import { createMethod } from "../src/methods/table.ts";
import { loadTeacher } from "../src/teachers/load-teacher.ts";
import { train } from "../src/train.ts";
import { toyData } from "./toy-data.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let base: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "sd-generations-"));
});

const options = (changes: Partial<GenerationOptions> = {}): GenerationOptions => ({
  engine,
  data: toyData(),
  model: "mlp",
  seed: 3,
  epochs: 3,
  batchSize: 16,
  optimizer: { learningRate: 0.05 },
  schedule: { name: "constant" },
  generations: 2,
  folder: (generation) => join(base, `generation-${generation}`),
  baseline: createMethod("cross-entropy"),
  student: createMethod("self-distillation"),
  ...changes,
});

test("g generations are one baseline and g students, each taught by the one before", async () => {
  const results = await distilGenerations(options());
  expect(results.map(({ state, reused }) => [state, reused])).toEqual(
    Array(3).fill(["done", false]),
  );
  const configs = await Promise.all(
    results.map(async ({ folder }) => (await readRun(folder)).config),
  );
  expect(configs.map(({ generation }) => generation)).toEqual([0, 1, 2]);
  expect(configs.map(({ teacher }) => teacher)).toEqual([
    undefined,
    { run: "../generation-0", checkpoint: "best" },
    { run: "../generation-1", checkpoint: "best" },
  ]);
});

test("generation 0 is the very run that plain training makes", async () => {
  const { folder, generations, baseline, student, ...common } = options();
  const plain = join(base, "plain");
  await train({ ...common, folder: plain, generation: 0, method: baseline });
  await distilGenerations(options({ generations: 1 }));
  const [a, b] = await Promise.all(
    [plain, folder(0)].map(async (f) => (await readRun(f)).predictions("test")),
  );
  expect(a?.logits).toEqual(b?.logits);
});

test("a baseline that is there already is not trained again", async () => {
  await distilGenerations(options({ generations: 1 }));
  const results = await distilGenerations(options({ generations: 2 }));
  expect(results.map(({ reused }) => reused)).toEqual([true, true, false]);
});

test("stops where it is told to, and goes on later", async () => {
  const controller = new AbortController();
  const stopped = await distilGenerations(
    options({
      signal: controller.signal,
      onProgress: ({ epoch, metrics }) => {
        if (epoch === 1 && metrics) controller.abort();
      },
    }),
  );
  expect(stopped.map(({ state }) => state)).toEqual(["stopped"]);
  const done = await distilGenerations(options());
  expect(done.map(({ state }) => state)).toEqual(["done", "done", "done"]);
});

test("an unfinished run cannot teach", async () => {
  const controller = new AbortController();
  controller.abort();
  await distilGenerations(options({ signal: controller.signal }));
  await expect(loadTeacher(join(base, "generation-0"))).rejects.toThrow(
    "cannot teach: it is stopped, not done",
  );
});
