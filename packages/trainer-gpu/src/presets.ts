// Recipes to start from: everything of a run but its images, its seed and its folder.
import { type Augment, horizontalFlip, randomCrop, randomResizedCrop } from "@sd/data";
import type { TrainSettings } from "./config.ts";
import { betaSmoothing } from "./methods/beta-smoothing.ts";
import { crossEntropy } from "./methods/cross-entropy.ts";
import { labelSmoothing } from "./methods/label-smoothing.ts";
import type { Method } from "./methods/method.ts";
import { selfDistillation } from "./methods/self-distillation.ts";

/** Which images of a data set a recipe takes, and what becomes of them. */
export interface PresetData {
  /** Training images, beside those held out. @defaultValue all */
  readonly train?: number;
  /** Training images that are held out to choose the best epoch by. */
  readonly validation: number;
  /** The side of the square images that are trained on. */
  readonly size: number;
  readonly augment: Augment;
}

/** How one network is trained. */
export type PresetNetwork = Required<
  Pick<TrainSettings, "model" | "epochs" | "batchSize" | "optimizer" | "schedule">
>;

/** A method in a recipe. */
export interface PresetMethod {
  readonly method: Method;
  /** How many students follow the baseline, each taught by the one before; 0 without a teacher. */
  readonly generations: number;
}

/** A recipe: each method on each network on each data set, with each seed. */
export interface Preset {
  readonly about: string;
  readonly data: Readonly<Record<string, PresetData>>;
  readonly networks: Readonly<Record<string, PresetNetwork>>;
  readonly methods: Readonly<Record<string, PresetMethod>>;
  readonly seeds: readonly number[];
}

const cifarAugment: Augment = { images: [randomCrop({ padding: 4 }), horizontalFlip()] };

/** SGD of the authors' code: weight decay on all weights, momentum that is not Nesterov's. */
const sgd = { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 1e-4 } as const;

/** The rate is divided by ten twice, from these epochs on. */
const steps = (...milestones: [number, number]) =>
  ({ name: "step", milestones, factor: 0.1 }) as const;

/**
 * The four methods of the paper. The mass that label smoothing moves is the mean of what beta smoothing moves:
 * β/(1 + β) · 1/(a + 1) = 0.15.
 */
const methods: Readonly<Record<string, PresetMethod>> = {
  "cross-entropy": { method: crossEntropy(), generations: 0 },
  "label-smoothing": {
    method: labelSmoothing({ epsilon: 0.15, spread: "others" }),
    generations: 0,
  },
  "self-distillation": {
    method: selfDistillation({ hardWeight: 0.6, temperature: 4 }),
    generations: 1,
  },
  "beta-smoothing": {
    method: betaSmoothing({ a: 3, beta: 1.5, decay: 0.999, ema: "paper" }),
    generations: 0,
  },
};

/**
 * The recipes by name.
 *
 * `paper` is that of the code of Zhang & Sabuncu (arXiv 2006.05065): 150 epochs, batches of 128, five repeats; the rate falls at
 * a third and two thirds of training (ResNet-34), or at a half and three quarters (DenseNet; 112.5, that is from epoch 113 on);
 * the teacher's weight is 0.4, that of the soft label of beta smoothing 0.6. One student follows the baseline: their `num_gen`
 * of 2. Their estimate of the confidences is by a moving average that runs in training mode.
 *
 * `small` asks the same questions of the same methods at a size that two cores answer in an hour.
 *
 * @example
 * ```ts
 * import { presets } from "@sd/trainer-gpu";
 *
 * const { networks, seeds } = presets.paper;
 * console.log(networks["resnet-34"]!.schedule); // { name: 'step', milestones: [ 50, 100 ], factor: 0.1 }
 * console.log(seeds.length); // 5
 * ```
 */
export const presets: Readonly<Record<"paper" | "small", Preset>> = {
  paper: {
    about: "the experiments of arXiv 2006.05065, as the authors' code runs them",
    data: {
      "cifar-100": { validation: 5000, size: 32, augment: cifarAugment },
      "tiny-imagenet": {
        validation: 10_000,
        size: 32,
        augment: { images: [randomResizedCrop({ size: 32 }), horizontalFlip()] },
      },
    },
    networks: {
      "resnet-34": {
        ...{ model: "resnet-34", epochs: 150, batchSize: 128 },
        ...{ optimizer: sgd, schedule: steps(50, 100) },
      },
      "densenet-bc-100-12": {
        ...{ model: "densenet-bc-100-12", epochs: 150, batchSize: 128 },
        // From the first whole epoch after 112.5 on: the authors' rate changes between epochs only.
        ...{ optimizer: sgd, schedule: steps(75, 113) },
      },
    },
    methods,
    seeds: [0, 1, 2, 3, 4],
  },
  small: {
    about: "the four methods on a part of CIFAR-10, in an hour on two cores",
    data: {
      "cifar-10": { train: 8000, validation: 2000, size: 32, augment: cifarAugment },
    },
    networks: {
      "resnet-8": {
        ...{ model: "resnet-8", epochs: 24, batchSize: 128 },
        ...{ optimizer: sgd, schedule: steps(8, 16) },
      },
    },
    methods,
    seeds: [0, 1, 2],
  },
};
