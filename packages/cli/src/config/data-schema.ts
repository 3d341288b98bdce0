// Which images a run is made with, and what is done to them.
import { datasetNames } from "@sd/data";
import { z } from "zod";
import { type Named, named, option } from "./named.ts";
import type { DataSettings } from "./settings.ts";

const { number, count } = option;

const size = (description: string) =>
  z
    .int()
    .min(1)
    .optional()
    .meta({ description: `${description} All that there are where it is left out.` });

const noise = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("symmetric").meta({ description: "Wrong labels are any other class." }),
      rate: z.number().min(0).max(1).meta({ description: "The share of wrong training labels." }),
      seed: z.int().min(0).optional().meta({ description: "The run's seed where it is left out." }),
    }),
    z.strictObject({
      kind: z.literal("asymmetric").meta({ description: "Class c is mistaken for map[c]." }),
      rate: z
        .number()
        .min(0)
        .max(1)
        .meta({ description: "The share of wrong labels in each class." }),
      map: z.array(z.int().min(0)).optional().meta({
        description:
          "The class that each class is mistaken for; the next one where it is left out.",
      }),
      seed: z.int().min(0).optional().meta({ description: "The run's seed where it is left out." }),
    }),
    z.strictObject({
      kind: z
        .literal("given")
        .meta({ description: "People's labels from a file, as CIFAR-10N's." }),
      labels: z.string().min(1).meta({
        description:
          "A CSV file with a line for each training image, beside this file or among the data sets.",
      }),
      column: z.string().min(1).meta({ description: "The column that holds the labels." }),
    }),
  ])
  .meta({
    description:
      "Wrong training labels. None where it is left out; validation and test stay clean.",
  });

/** The images. */
export const dataSchema: z.ZodType<DataSettings> = z
  .strictObject({
    name: z
      .enum(datasetNames)
      .optional()
      .meta({ description: "A data set that is known by name." }),
    images: z.string().min(1).optional().meta({
      description:
        "Instead of a name: a folder, or a tar or zip archive, with a folder of images for each class.",
    }),
    folder: z.string().min(1).optional().meta({
      description:
        "Where the files of the named data set lie. Where it is left out: in the folder of `--data`.",
    }),
    size: z.int().min(4).max(1024).optional().meta({
      description:
        "The side in pixels that images are brought to. Images of one's own: 32 where it is left out.",
    }),
    train: size("How many training images are used, classes balanced."),
    validation: z.int().min(1).optional().meta({
      description:
        "How many images are held out of the training images. A tenth where it is left out.",
    }),
    test: size("How many test images are used."),
    splitSeed: count(
      0,
      0,
      "The seed of the split; runs that differ in their seed share the split.",
    ),
    noise: noise.optional(),
    votes: z.string().min(1).optional().meta({
      description:
        "A file of people's votes on the test images, a byte for each class, as CIFAR-10H's; beside this file or among the data sets. A seeded half of the test images is then trained on, with the shares of the votes as labels, and the other half judges.",
    }),
  })
  .refine(({ name, images }) => (name === undefined) !== (images === undefined), {
    message: "expected either `name` or `images`",
  })
  .refine(({ noise: wrong, votes }) => wrong === undefined || votes === undefined, {
    message: "expected at most one of `noise` and `votes`",
  })
  .meta({ description: "Which images are used." });

const fill = z
  .union([z.number().min(0).max(255), z.array(z.number().min(0).max(255))])
  .default(0)
  .meta({ description: "What comes in from outside, 0…255; one value, or one a channel." });

const range = (fallback: [number, number], description: string) =>
  z.tuple([z.number().positive(), z.number().positive()]).default(fallback).meta({ description });

const alpha = number({ above: 0 }, 1, "The shares are drawn from Beta(alpha, alpha).");

const side = z.int().min(1).max(1024);

/** What brings the images of validation and test to the size of the training images. */
export const evaluateSchema: z.ZodType<readonly Named[]> = z
  .array(
    named(
      {
        resize: { size: side.meta({ description: "The side that images are brought to." }) },
        "center-crop": { size: side.meta({ description: "The side of the middle part." }) },
      },
      "A change of validation and test images.",
    ),
  )
  .default([])
  .meta({
    description:
      "How validation and test images are brought to the size of the training images. They have it where it is left out.",
  });

/** The changes of training images. */
export const augmentSchema: z.ZodType<readonly Named[]> = z
  .array(
    named(
      {
        "random-crop": {
          padding: count(0, 4, "How far the image may be shifted along each axis, in pixels."),
          fill,
        },
        "horizontal-flip": {
          probability: number({ min: 0, max: 1 }, 0.5, "How often an image is mirrored."),
        },
        "random-resized-crop": {
          scale: range([0.08, 1], "The range of the crop's share of the area."),
          ratio: range([3 / 4, 4 / 3], "The range of width over height."),
          size: side.optional().meta({
            description:
              "The side that the crop is brought to. The images' own where it is left out.",
          }),
        },
        cutout: { size: count(1, 16, "The side of the square, in pixels."), fill },
        mixup: { alpha },
        cutmix: { alpha },
      },
      "A change of training images: its name, or the name with options.",
    ),
  )
  .default([])
  .refine((list) => list.filter(({ name }) => name === "mixup" || name === "cutmix").length < 2, {
    message: "expected at most one of mixup and cutmix",
  })
  .meta({
    description:
      "How training images are changed, one after the other. Not at all where it is left out.",
  });
