// A run's images: read, split, and given wrong labels as its settings say.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  asymmetricNoise,
  type DatasetName,
  givenNoise,
  type ImageDataset,
  type NoisyLabels,
  readLabelColumn,
  stratifiedSplit,
  subset,
  symmetricNoise,
} from "@sd/data";
import type { TrainData } from "@sd/trainer-gpu";
import type { DataSettings, NoiseSettings } from "../config/settings.ts";
import { UsageError } from "../errors.ts";
import { openImageFolders } from "./image-folders.ts";
import { locateNamed, type NamedData, openNamed } from "./named-data.ts";
import { withVotes } from "./votes.ts";

/** Training images, and test images where the source tells them apart. */
export interface SourceImages {
  readonly train: ImageDataset;
  readonly test?: ImageDataset | undefined;
}

/** Where a run finds its images. */
export interface DataPlace {
  /** What relative paths of the settings are relative to. */
  readonly base: string;
  /** The folder that holds the named data sets. */
  readonly folder: string;
}

/** Reads the images that the settings name; nothing is split yet. */
export async function openImages(data: DataSettings, place: DataPlace): Promise<SourceImages> {
  const images = await openSource(data, place);
  if (data.votes === undefined) return images;
  return withVotes(images, besideOrAmongData("data.votes", data.votes, place), data.splitSeed);
}

/** What the settings say of a data set that is known by name. */
const namedOf = (data: DataSettings, { base }: DataPlace): NamedData => ({
  name: data.name as DatasetName,
  folder: data.folder === undefined ? undefined : resolve(base, data.folder),
  size: data.size,
});

function openSource(data: DataSettings, place: DataPlace): Promise<SourceImages> {
  if (data.images !== undefined) {
    return openImageFolders(resolve(place.base, data.images), data.size ?? 32);
  }
  return openNamed(namedOf(data, place), place.folder);
}

/**
 * Looks whether the images are there, without reading them: what is missing is better told before engines are started.
 *
 * @throws UsageError
 */
export function checkImages(data: DataSettings, place: DataPlace): void {
  if (data.images === undefined) {
    locateNamed(namedOf(data, place), place.folder);
    return;
  }
  const path = resolve(place.base, data.images);
  if (!existsSync(path)) throw new UsageError(`data.images: ${path}: there is no such folder`);
}

/** The share of images that is held out where the settings do not say how many. */
const HELD_OUT = { validation: 0.1, test: 0.2 } as const;

/** The split of the training images; test images are held out of them where the source has none of its own. */
function split({ train, test }: SourceImages, data: DataSettings) {
  const rows = train.shape[0];
  const { classes } = train;
  const whole = (n: number): number => Math.max(classes, Math.round(n / classes) * classes);
  const sizes = {
    validation: data.validation ?? whole(rows * HELD_OUT.validation),
    test: test === undefined ? (data.test ?? whole(rows * HELD_OUT.test)) : 0,
    train: 0,
  };
  const rest = rows - sizes.validation - sizes.test;
  sizes.train = data.train ?? rest;
  if (rest < 1 || sizes.train > rest) {
    const held = `${sizes.validation} are held out for validation${sizes.test ? ` and ${sizes.test} for the test` : ""}`;
    throw new UsageError(
      `data.train: expected at most ${Math.max(0, rest)} of the ${rows} images, as ${held}, got ${sizes.train}`,
    );
  }
  const parts = stratifiedSplit(train.labels, {
    sizes,
    classes,
    seed: data.splitSeed,
    balance: isBalanced(train) ? "equal" : "proportional",
  });
  return {
    train: subset(train, parts.train),
    validation: subset(train, parts.validation),
    test: test === undefined ? subset(train, parts.test) : firstOf(test, data),
    rows: parts.train,
  };
}

/** Whether every class has as many images. */
function isBalanced({ labels, classes }: ImageDataset): boolean {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  return counts.every((count) => count === counts[0]);
}

/** A balanced choice of the test images, where not all are asked for. */
function firstOf(test: ImageDataset, { test: asked, splitSeed }: DataSettings): ImageDataset {
  const [available] = test.shape;
  if (asked === undefined || asked === available) return test;
  if (asked > available) {
    throw new UsageError(`data.test: expected at most the ${available} test images, got ${asked}`);
  }
  const { labels, classes } = test;
  const balance = isBalanced(test) ? "equal" : "proportional";
  const options = { sizes: { test: asked }, classes, seed: splitSeed, balance } as const;
  return subset(test, stratifiedSplit(labels, options).test);
}

/** A file that a setting names: beside the configuration, or among the data sets. */
function besideOrAmongData(setting: string, file: string, { base, folder }: DataPlace): string {
  const places = [resolve(base, file), resolve(folder, file)];
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError(`${setting}: there is neither ${places.join(" nor ")}`);
}

/** The training labels with those that are wrong on purpose. */
async function noisy(
  noise: NoiseSettings,
  { labels, classes }: ImageDataset,
  {
    rows,
    seed,
    place,
  }: { readonly rows: Int32Array; readonly seed: number; readonly place: DataPlace },
): Promise<NoisyLabels> {
  switch (noise.kind) {
    case "symmetric":
      return symmetricNoise(labels, { classes, rate: noise.rate, seed: noise.seed ?? seed });
    case "asymmetric": {
      const next = Array.from({ length: classes }, (_, c) => (c + 1) % classes);
      const { rate, map = next } = noise;
      return asymmetricNoise(labels, { map, rate, seed: noise.seed ?? seed });
    }
    case "given": {
      const path = besideOrAmongData("data.noise.labels", noise.labels, place);
      const all = await readLabelColumn(path, { column: noise.column, classes });
      const given = Int32Array.from(rows, (row) => {
        if (row < all.length) return all[row]!;
        throw new UsageError(
          `${path}: expected a label for each training image, got ${all.length} labels`,
        );
      });
      return givenNoise(labels, given, { classes });
    }
  }
}

/**
 * The images of a run.
 *
 * @param images - What {@link openImages} gave for the same settings.
 * @param options - The run's seed, which the wrong labels follow from unless they have a seed of their own.
 */
export async function prepareData(
  images: SourceImages,
  data: DataSettings,
  { seed, place }: { readonly seed: number; readonly place: DataPlace },
): Promise<TrainData> {
  const { rows, train, validation, test } = split(images, data);
  const { noise, votes, name = train.name, splitSeed } = data;
  const wrong = noise === undefined ? undefined : await noisy(noise, train, { rows, seed, place });
  return {
    train: wrong === undefined ? train : { ...train, labels: wrong.labels },
    validation,
    test,
    description: {
      name,
      images: train.shape[0],
      validation: validation.shape[0],
      test: test.shape[0],
      splitSeed,
      ...(votes === undefined ? {} : { votes }),
      ...(wrong === undefined
        ? {}
        : {
            noise: {
              ...noise,
              ...(noise!.kind === "given" ? {} : { seed: noise!.seed ?? seed }),
              flipped: wrong.flipped.reduce((sum, one) => sum + one, 0),
            },
          }),
    },
  };
}
