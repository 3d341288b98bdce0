// A run's settings as what the trainer takes.
import {
  type Augment,
  cutMix,
  cutout,
  horizontalFlip,
  type ImageAugmentation,
  type Mixing,
  mixup,
  randomCrop,
  randomResizedCrop,
} from "@sd/data";
import { createMethod, type Method, type TrainSettings } from "@sd/trainer-gpu";
import type { Named } from "../config/named.ts";
import type { RunSettings } from "../config/settings.ts";

const IMAGES: Readonly<Record<string, (options: never) => ImageAugmentation>> = {
  "random-crop": randomCrop,
  "horizontal-flip": horizontalFlip,
  "random-resized-crop": randomResizedCrop,
  cutout,
};

const MIXING: Readonly<Record<string, (options: never) => Mixing>> = { mixup, cutmix: cutMix };

function augmentOf(list: readonly Named[]): Augment | undefined {
  if (list.length === 0) return undefined;
  const images = list
    .filter(({ name }) => name in IMAGES)
    .map(({ name, ...options }) => IMAGES[name]!(options as never));
  const mixing = list.find(({ name }) => name in MIXING);
  if (mixing === undefined) return { images };
  const { name, ...options } = mixing;
  return { images, mix: MIXING[name]!(options as never) };
}

/** The settings of training, but for images and method. */
export function trainSettings(settings: RunSettings): TrainSettings {
  const { model, seed, generation, epochs, batchSize, parts, augment } = settings;
  const { name, lr, ...rule } = settings.optimizer;
  const given = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  return {
    ...{ model, seed, generation, epochs, batchSize, parts },
    optimizer: {
      name: name === "sgd" ? "momentum" : name,
      learningRate: lr,
      ...given,
    } as TrainSettings["optimizer"],
    schedule: settings.schedule as unknown as TrainSettings["schedule"],
    augment: augmentOf(augment),
  };
}

/** The method with its options. */
export function methodOf({ name, ...options }: Named): Method {
  return createMethod(name, options);
}
