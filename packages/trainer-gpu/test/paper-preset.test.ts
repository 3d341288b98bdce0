// The recipe of the paper at its own size, for two epochs of ten steps: minutes a method, so only where SD_SLOW is 1.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCifar, stratifiedSplit, subset } from "@sd/data";
import { readRun } from "@sd/runs";
import { expect, test } from "vitest";
import type { TrainData } from "../src/config.ts";
import { openEngine } from "../src/engine.ts";
import { distilGenerations } from "../src/generations.ts";
import { presets } from "../src/presets.ts";
import { train } from "../src/train.ts";
import { missingNative } from "./native-engine.ts";

const { SD_DATA: place, SD_SLOW: slow } = process.env;
const { paper } = presets;
const CIFAR = paper.data["cifar-100"]!;

/** 1,280 images to train on, 640 held out, and as many for the test. */
async function cifar(folder: string): Promise<TrainData> {
  const read = (file: string) =>
    readCifar({
      name: "CIFAR-100, a part",
      files: [join(folder, "cifar100-subset", file)],
      labels: "cifar100-fine",
    });
  const [all, others] = [await read("train.bin.gz"), await read("test.bin.gz")];
  const split = stratifiedSplit(all.labels, {
    sizes: { train: 1280, validation: 640 },
    classes: all.classes,
    seed: 0,
  });
  return {
    train: subset(all, split.train),
    validation: subset(all, split.validation),
    test: subset(
      others,
      Int32Array.from({ length: 640 }, (_, i) => i),
    ),
    description: { name: "CIFAR-100, a part" },
  };
}

const cases = Object.keys(paper.networks).flatMap((network) =>
  Object.keys(paper.methods).map((method) => [network, method] as const),
);

test.for(cases)("two epochs of %s by %s", { timeout: 3_600_000 }, async ([network, name], ctx) => {
  if (!place) return ctx.skip("SD_DATA is not set: the folder that holds cifar100-subset");
  if (slow !== "1") return ctx.skip("SD_SLOW is not 1: it takes minutes on two cores");
  if (missingNative) return ctx.skip(missingNative);
  const folder = await mkdtemp(join(tmpdir(), "sd-paper-"));
  const { method, generations } = paper.methods[name]!;
  const common = {
    ...paper.networks[network]!,
    ...{ epochs: 2, seed: paper.seeds[0]!, augment: CIFAR.augment },
    ...{ engine: await openEngine({ name: "native" }), data: await cifar(place) },
  };
  const results =
    generations === 0
      ? [await train({ ...common, generation: 0, folder: join(folder, "0"), method })]
      : await distilGenerations({
          ...common,
          generations,
          folder: (generation) => join(folder, String(generation)),
          baseline: paper.methods["cross-entropy"]!.method,
          student: method,
        });
  expect(results.map(({ state }) => state)).toEqual(results.map(() => "done"));
  for (const { folder: run } of results) {
    const { metrics, config } = await readRun(run);
    expect(metrics).toHaveLength(2);
    expect(config).toMatchObject({ model: network, batchSize: 128 });
    for (const { trainLoss, learningRate, validationNll } of metrics) {
      expect(learningRate).toBe(0.1);
      // An untrained network of 100 classes is at ln 100 = 4.6.
      expect(Number(trainLoss)).toBeLessThan(8);
      expect(Number.isFinite(Number(validationNll))).toBe(true);
    }
  }
});
