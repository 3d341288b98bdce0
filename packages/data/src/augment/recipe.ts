// Augmentations as plain data, for another thread: the name and options that a run's configuration records.
import type { Augment, ImageAugmentation, Mixing, RecordedOption } from "./augmentation.ts";
import { isBuiltIn } from "./built-in.ts";
import { centerCrop } from "./center-crop.ts";
import { cutMix } from "./cutmix.ts";
import { cutout } from "./cutout.ts";
import { horizontalFlip } from "./horizontal-flip.ts";
import { mixup } from "./mixup.ts";
import { randomCrop } from "./random-crop.ts";
import { randomResizedCrop } from "./random-resized-crop.ts";
import { resize } from "./resize.ts";

/** What makes a built-in augmentation again. */
export interface Recipe {
  readonly name: string;
  readonly options: Readonly<Record<string, RecordedOption>>;
}

/** What makes an {@link Augment} again. */
export interface AugmentRecipe {
  readonly images: readonly Recipe[];
  readonly mix?: Recipe;
}

type Factory<T> = (options: never) => T;

const IMAGES: Readonly<Record<string, Factory<ImageAugmentation>>> = {
  "random-crop": randomCrop,
  "horizontal-flip": horizontalFlip,
  "random-resized-crop": randomResizedCrop,
  cutout,
  resize,
  "center-crop": centerCrop,
};

const MIXINGS: Readonly<Record<string, Factory<Mixing>>> = { mixup, cutmix: cutMix };

const recipe = ({ name, options }: Recipe): Recipe => ({ name, options });

/** The names and options of an {@link Augment}, whoever made its parts. */
export const recipeOf = ({ images = [], mix }: Augment): AugmentRecipe => ({
  images: images.map(recipe),
  ...(mix ? { mix: recipe(mix) } : {}),
});

/** Whether its recipe makes it again. */
export const hasRecipe = ({ images = [], mix }: Augment): boolean =>
  images.every(isBuiltIn) && (mix === undefined || isBuiltIn(mix));

/** Makes what {@link recipeOf} was taken of, if it {@link hasRecipe}. */
export function fromRecipe({ images, mix }: AugmentRecipe): Augment {
  return {
    images: images.map(({ name, options }) => IMAGES[name]!(options as never)),
    ...(mix ? { mix: MIXINGS[mix.name]!(mix.options as never) } : {}),
  };
}
