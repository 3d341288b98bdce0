import { stratifiedSplit, subset, symmetricNoise } from "@sd/data";
import type { TrainData } from "@sd/trainer-gpu";
import { openMnist } from "../run/named-data.ts";
import type { DemoSettings } from "./settings.ts";

/** The split is the same for every seed: seeds differ in their noise, initial weights and order. */
const SPLIT_SEED = 0;

/** Training images with some labels replaced, clean validation images, clean test images. */
export async function demoData(settings: DemoSettings, seed: number): Promise<TrainData> {
  const { images, validation, test, noise } = settings;
  const { train: all, test: tests } = await openMnist();
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
