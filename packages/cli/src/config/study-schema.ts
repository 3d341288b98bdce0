// A study, as a configuration file gives it: what its runs share, and what varies.
import { z } from "zod";
import { studyMethodSchema } from "./method-schema.ts";
import { sharedSettings } from "./run-schema.ts";
import type { StudySettings } from "./settings.ts";

const vary = {
  methods: z
    .array(studyMethodSchema)
    .min(1)
    .meta({ description: "The methods that are compared." }),
  seeds: z.array(z.int().min(0)).min(1).default([0]).meta({
    description: "Every method is run with each of these seeds; differences are paired by them.",
  }),
  grid: z.record(z.string(), z.array(z.unknown()).min(1)).default({}).meta({
    description:
      "Settings by their dotted path, such as data.noise.rate, with the values that they take in turn.",
  }),
};

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    "expected letters, digits, dots, dashes or underscores",
  )
  .meta({ description: "What the study is called; its folder is named by it." });

/** One study. */
export const studySchema: z.ZodType<StudySettings> = z.strictObject({
  name,
  description: z.string().optional().meta({ description: "What the study asks, for its report." }),
  ...sharedSettings,
  ...vary,
  profiles: z
    .record(
      z.string(),
      z.strictObject({
        epochs: sharedSettings.epochs.optional(),
        data: sharedSettings.data.optional(),
        model: sharedSettings.model.optional(),
        methods: vary.methods.optional(),
        seeds: z
          .array(z.int().min(0))
          .min(1)
          .optional()
          .meta({ description: "Instead of the study's." }),
        grid: z.record(z.string(), z.array(z.unknown()).min(1)).optional().meta({
          description: "Instead of the study's.",
        }),
      }),
    )
    .default({})
    .meta({
      description:
        "Variations of the study by name, for --profile: what each gives stands in place of the study's.",
    }),
});
