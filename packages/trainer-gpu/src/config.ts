import type { Augment, ImageAugmentation, ImageDataset } from "@sd/data";
import { type Criterion, criteria, type EarlyStopping } from "./criterion.ts";
import type { Engine } from "./engine.ts";
import { requireOption, TrainerError } from "./errors.ts";
import { checkShapes } from "./image-shape.ts";
import type { Method } from "./methods/method.ts";
import { type ScheduleOptions, scheduleFactor } from "./schedules.ts";
import { isNetwork, type Teacher } from "./teachers/teacher.ts";
import { createUpdateRule, type OptimizerOptions } from "./update-rules/table.ts";

/** The images of a run. Training labels may be noisy; the others are what the run is judged by. */
export interface TrainData {
  readonly train: ImageDataset;
  readonly validation: ImageDataset;
  readonly test: ImageDataset;
  /** How they were made, for the record: names, sizes, seeds, noise. JSON values only. */
  readonly description: object;
}

/** The settings of a training run that its results depend on. */
export interface TrainSettings {
  /** The name of a network in `models`. */
  readonly model: string;
  /** Everything random follows from it. A non-negative integer. */
  readonly seed: number;
  /** 0 for a network trained on labels, g for the g-th student after it; draws of different generations are independent. */
  readonly generation: number;
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * How many equal parts a batch is trained in, one after the other, their gradients averaged: less memory, the same step, but for
   * batch normalisation, which sees the parts. @defaultValue 1
   */
  readonly parts?: number;
  readonly optimizer: OptimizerOptions;
  readonly schedule: ScheduleOptions;
  /** How training images are changed, epoch by epoch. @defaultValue not at all */
  readonly augment?: Augment | undefined;
  /**
   * How images of validation and test are brought to the size of the training images: `resize`, `centerCrop`, which draw nothing.
   * @defaultValue they have it
   */
  readonly evaluate?: readonly ImageAugmentation[] | undefined;
  /** What the best epoch is chosen by, on the validation set. @defaultValue "accuracy" */
  readonly bestBy?: Criterion;
  /** @defaultValue all epochs are trained */
  readonly earlyStopping?: EarlyStopping | undefined;
}

/** What {@link train} takes. */
export interface TrainOptions extends TrainSettings {
  /** The run folder. */
  readonly folder: string;
  readonly engine: Engine;
  readonly data: TrainData;
  readonly method: Method;
  readonly teacher?: Teacher | undefined;
  /**
   * Threads that make batches ahead; the batches are the same whatever their number.
   * @defaultValue 1 where images are augmented, else 0: the caller's thread makes them
   */
  readonly workers?: number;
  /** Stops after the step in progress, which is saved: the run can be continued from there. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many checkpoints `last` stay: a run goes on from the one before where one was damaged.
   * @defaultValue 2
   */
  readonly keepLast?: number;
  /**
   * Whether the logits on the training images are kept beside those on validation and test, not augmented, with the labels that were
   * trained on: what the network would tell its students. @defaultValue false
   */
  readonly predictTrain?: boolean;
  /** Is told, in words, what a person should know: a damaged checkpoint. @defaultValue `process.emitWarning` */
  readonly onWarning?: (message: string) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** Told after every step, and with the epoch's numbers after every epoch. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly steps: number;
  /** The mean training loss of the epoch so far. */
  readonly loss: number;
  readonly imagesPerSecond: number;
  /** At the end of an epoch, the line that was written to metrics.jsonl. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Whether images are changed at all. */
export const isAugmented = ({ images = [], mix }: Augment = {}): boolean =>
  images.length > 0 || mix !== undefined;

const isCount = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 1;

/** Fails on the first setting that no run can have, and names it. */
export function checkSettings({ data, teacher, ...options }: TrainOptions): void {
  const { seed, generation, epochs, batchSize, parts = 1, optimizer, schedule } = options;
  const { bestBy = "accuracy", keepLast = 2, workers = 0, earlyStopping } = options;
  const { patience = 1, metric = bestBy, minDelta = 0 } = earlyStopping ?? {};
  const rows = data.train.shape[0];
  const { learningRate } = optimizer;
  const rules: readonly (readonly [string, unknown, string, boolean])[] = [
    ["seed", seed, "a non-negative integer", Number.isSafeInteger(seed) && seed >= 0],
    ["generation", generation, "a non-negative integer", generation === 0 || isCount(generation)],
    ["epochs", epochs, "a positive integer", isCount(epochs)],
    ["batchSize", batchSize, "a positive integer", isCount(batchSize)],
    ["batchSize", batchSize, `at most ${rows}, the training images`, batchSize <= rows],
    [
      "parts",
      parts,
      `a divisor of the batch size ${batchSize}`,
      isCount(parts) && batchSize % parts === 0,
    ],
    [
      "learningRate",
      learningRate,
      "a positive number",
      learningRate > 0 && learningRate < Infinity,
    ],
    ["bestBy", bestBy, `one of ${criteria.join(", ")}`, criteria.includes(bestBy)],
    ["keepLast", keepLast, "a positive integer", isCount(keepLast)],
    ["workers", workers, "a non-negative integer", workers === 0 || isCount(workers)],
    ["earlyStopping.patience", patience, "a positive integer", isCount(patience)],
    ["earlyStopping.metric", metric, `one of ${criteria.join(", ")}`, criteria.includes(metric)],
    [
      "earlyStopping.minDelta",
      minDelta,
      "a non-negative number",
      minDelta >= 0 && minDelta < Infinity,
    ],
  ];
  for (const rule of rules) requireOption(...rule);
  if (
    isAugmented(options.augment) &&
    teacher !== undefined &&
    !isNetwork(teacher) &&
    !teacher.seesImages
  ) {
    throw new TrainerError(
      "BAD_OPTION",
      "`augment`: this teacher knows the images of the training set alone, not what augmentation makes of them: leave `augment` out, " +
        "or let the teacher look at the images itself",
    );
  }
  createUpdateRule(optimizer);
  scheduleFactor(schedule, 0, epochs);
  checkShapes({ data, ...options });
}
