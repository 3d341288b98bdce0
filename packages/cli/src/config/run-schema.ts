// The settings of one run, as a configuration file gives them.
import { models } from "@sd/trainer-gpu";
import { z } from "zod";
import { augmentSchema, dataSchema, evaluateSchema } from "./data-schema.ts";
import { methodSchema } from "./method-schema.ts";
import { named, option } from "./named.ts";
import type { RunSettings, SharedSettings } from "./settings.ts";

const { number, count, choice, flag } = option;

const lr = number({ above: 0 }, 0.1, "The learning rate, which the schedule multiplies.");

const withoutDecay = z
  .array(z.enum(["weight", "bias", "norm"]))
  .default([])
  .meta({
    description: "The kinds of parameters without weight decay.",
  });

const clipNorm = z.number().positive().optional().meta({
  description: "The largest norm of all gradients together. Not limited where it is left out.",
});

const optimizerSchema = named(
  {
    sgd: {
      lr,
      momentum: number({ min: 0, below: 1 }, 0.9, "The share of the velocity that stays."),
      nesterov: flag(false, "Look ahead along the velocity."),
      weightDecay: number({ min: 0, below: 1 }, 5e-4, "The pull of the parameters towards 0."),
      decay: choice(["coupled", "decoupled"], "Whether the pull is part of the gradient."),
      withoutDecay,
      clipNorm,
    },
    adamw: {
      lr: number({ above: 0 }, 1e-3, "The learning rate, which the schedule multiplies."),
      beta1: number({ min: 0, below: 1 }, 0.9, "The decay of the mean of the gradients."),
      beta2: number({ min: 0, below: 1 }, 0.999, "The decay of the mean of their squares."),
      epsilon: number({ above: 0 }, 1e-8, "Keeps the division away from 0."),
      weightDecay: number({ min: 0, below: 1 }, 0.01, "The pull of the parameters towards 0."),
      decay: choice(["decoupled", "coupled"], "Whether the pull is part of the gradient."),
      withoutDecay,
      clipNorm,
    },
  },
  "The update rule: its name, or the name with options. sgd where the name is left out.",
  "sgd",
);

const warmup = z
  .strictObject({
    epochs: z.number().positive().meta({ description: "How long the rise takes." }),
    factor: number({ min: 0, max: 1 }, 1 / 3, "The factor at the first step."),
  })
  .optional()
  .meta({
    description:
      "A linear rise of the learning rate before the schedule. None where it is left out.",
  });

const scheduleSchema = named(
  {
    constant: { warmup },
    cosine: { warmup },
    step: {
      milestones: z.array(z.number().min(0)).default([]).meta({
        description: "The epochs from which the rate is multiplied by `factor` once more.",
      }),
      factor: number({ above: 0 }, 0.1, "What the rate is multiplied by at a milestone."),
      warmup,
    },
    "one-cycle": {
      peak: number({ above: 0, below: 1 }, 0.3, "The share of training before the peak."),
      startFactor: number({ above: 0 }, 1 / 25, "The factor at the first step."),
      endFactor: number({ above: 0 }, 1 / 250_000, "The factor at the end."),
    },
  },
  "How the learning rate changes: a schedule's name, or the name with options. cosine where the name is left out.",
  "cosine",
);

const earlyStoppingSchema = z
  .strictObject({
    patience: z
      .int()
      .min(1)
      .meta({ description: "How many epochs in a row may bring no improvement." }),
    metric: z.enum(["accuracy", "nll"]).optional().meta({
      description: "What counts. What the best epoch is chosen by where it is left out.",
    }),
    minDelta: number({ min: 0 }, 0, "An improvement of no more than this is none."),
  })
  .optional()
  .meta({
    description: "Training ends before its last epoch. All are trained where it is left out.",
  });

/** A schema for every setting. */
type Shape<Settings> = { readonly [Name in keyof Settings]-?: z.ZodType<Settings[Name]> };

/** What runs share that differ in their method and seed. */
export const sharedSettings: Shape<SharedSettings> = {
  data: dataSchema,
  augment: augmentSchema,
  evaluate: evaluateSchema,
  model: z.enum(Object.keys(models)).meta({ description: "The network." }),
  epochs: z.int().min(1).meta({ description: "How often the training images are gone through." }),
  batchSize: count(1, 128, "How many images make one step."),
  parts: count(1, 1, "How many passes a batch is computed in, which takes less memory."),
  optimizer: optimizerSchema.prefault("sgd"),
  schedule: scheduleSchema.prefault("cosine"),
  bestBy: choice(
    ["accuracy", "nll"],
    "What the best epoch is chosen by, on the validation images.",
  ) as z.ZodType<"accuracy" | "nll">,
  earlyStopping: earlyStoppingSchema,
  predictTrain: z.boolean().optional().meta({
    description:
      "Keep the predictions on the training images too: what the network would tell its students. They are not kept where it is left out.",
  }),
};

/** One run. */
export const runSchema: z.ZodType<RunSettings> = z.strictObject({
  ...sharedSettings,
  method: methodSchema.prefault("cross-entropy"),
  seed: count(0, 0, "Everything random follows from it."),
  generation: count(0, 0, "0 for a network trained on labels, g for the g-th student after it."),
  teacher: z.string().min(1).optional().meta({
    description: "The folder of the run whose network teaches; for methods that are taught.",
  }),
});
