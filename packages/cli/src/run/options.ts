// A run's settings as what the trainer takes.
import {
  type Augment,
  centerCrop,
  cutMix,
  cutout,
  horizontalFlip,
  type ImageAugmentation,
  type Mixing,
  mixup,
  randomCrop,
  randomResizedCrop,
  resize,
} from "@sd/data";
import { createMethod, type EarlyStopping, type Method, type TrainSettings } from "@sd/trainer-gpu";
import type { Named } from "../config/named.ts";
import type { RunSettings } from "../config/settings.ts";

const IMAGES: Readonly<Record<string, (options: never) => ImageAugmentation>> = {
  "random-crop": randomCrop,
  "horizontal-flip": horizontalFlip,
  "random-resized-crop": randomResizedCrop,
  cutout,
};

const EVALUATION: Readonly<
  Record<string, (options: { readonly size: number }) => ImageAugmentation>
> = {
  resize,
  "center-crop": centerCrop,
};

const evaluation = ({ name, size }: Named): ImageAugmentation =>
  EVALUATION[name]!({ size: size as number });

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

/** Without what is not said: an option that is there and undefined is another thing than one that is not. */
const given = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** The settings of training, but for images and method. */
export function trainSettings(settings: RunSettings): TrainSettings {
  const { model, seed, generation, epochs, batchSize, parts, bestBy } = settings;
  const { augment, evaluate, earlyStopping } = settings;
  const { name, lr, ...rule } = settings.optimizer;
  return {
    ...{ model, seed, generation, epochs, batchSize, parts },
    optimizer: {
      name: name === "sgd" ? "momentum" : name,
      learningRate: lr,
      ...given(rule),
    } as TrainSettings["optimizer"],
    schedule: settings.schedule as unknown as TrainSettings["schedule"],
    augment: augmentOf(augment),
    ...(evaluate.length > 0 ? { evaluate: evaluate.map(evaluation) } : {}),
    bestBy,
    ...(earlyStopping ? { earlyStopping: given(earlyStopping) as EarlyStopping } : {}),
  };
}

/** The method with its options. */
export function methodOf({ name, ...options }: Named): Method {
  return createMethod(name, options);
}
