// The options of every training method, as a configuration may give them.
import { methods } from "@sd/trainer-gpu";
import { z } from "zod";
import { type Named, named, namedObject, type OptionTable, option } from "./named.ts";

const { number, choice } = option;

const hardWeight = number(
  { above: 0, max: 1 },
  0.6,
  "The weight of the label; the teacher has the rest.",
);

/** Ranges and words for the options of the methods. The defaults are the methods' own. */
const DOCUMENTED: OptionTable = {
  "cross-entropy": {},
  "label-smoothing": {
    epsilon: number({ min: 0, below: 1 }, 0.1, "The mass that is moved off the label."),
    spread: choice(["all", "others"], "Over all classes (PyTorch), or over the others only."),
  },
  "self-distillation": {
    hardWeight,
    temperature: number({ above: 0 }, 4, "Divides the teacher's logits, and nobody else's."),
    omega: choice(
      ["constant", "raw", "normalised", "batchNormalised"],
      "How much each example's teacher counts.",
    ),
  },
  "beta-smoothing": {
    a: number({ above: 0 }, 3, "The draws are from Beta(a, 1): the larger, the less smoothing."),
    beta: number({ min: 0 }, 1.5, "The mass of the prior."),
    decay: number({ min: 0, max: 1 }, 0.999, "The cap of the decay of the moving average."),
    assignment: choice(
      ["ranked", "shuffled", "reversed"],
      "ranked is the method; the others are controls that tell whether the ranking matters.",
    ),
    ema: choice(["corrected", "paper"], "How the moving average begins and runs."),
  },
  bootstrapping: {
    form: choice(["soft", "hard"], "The network's own prediction, or its largest class."),
    labelWeight: number(
      { min: 0, max: 1 },
      0.95,
      "The weight of the label; the prediction has the rest.",
    ),
  },
  "confidence-penalty": {
    beta: number({ min: 0 }, 0.1, "The weight of the entropy of the predictions."),
  },
  "hinton-distillation": {
    hardWeight: number(
      { min: 0, max: 1 },
      0.6,
      "The weight of the label; the teacher has the rest.",
    ),
    temperature: number({ above: 0 }, 4, "Divides the logits of both sides."),
    factor: choice(
      ["squaredTemperature", "one"],
      "What the divergence is multiplied by: T², or 1.",
    ),
  },
  "past-predictions": {
    finalWeight: number(
      { min: 0, below: 1 },
      0.8,
      "The weight of past predictions in the last epoch.",
    ),
  },
  "online-label-smoothing": {
    beta: number({ min: 0 }, 1, "The mass of the prior; 1 weights label and soft label alike."),
    firstEpoch: choice(["crossEntropy", "paper"], "What the first epoch is trained by."),
  },
  "virtual-teacher": {
    teacherWeight: number({ min: 0, below: 1 }, 0.1, "Its weight; the label has the rest."),
    correct: number({ above: 0, below: 1 }, 0.99, "What it gives the true class."),
    temperature: number({ above: 0 }, 20, "The temperature of the virtual teacher."),
    form: choice(
      ["bothTempered", "untempered", "teacherOnly", "publicCode"],
      "Which divergence from the virtual teacher is taken.",
    ),
  },
};

/** A method without a row above has the options of its defaults, with their types. */
function derived(name: string): z.ZodRawShape {
  const { options } = methods[name]!();
  return Object.fromEntries(
    Object.entries(options).map(([key, fallback]) => {
      const type = { number: z.number(), string: z.string(), boolean: z.boolean() }[
        typeof fallback as "number" | "string" | "boolean"
      ] as z.ZodType;
      return [key, type.default(fallback).meta({ description: `An option of ${name}.` })];
    }),
  );
}

/** The options of every method that the trainer has. */
export const methodOptions: OptionTable = Object.fromEntries(
  Object.keys(methods).map((name) => [name, DOCUMENTED[name] ?? derived(name)]),
);

/** Whether a method is taught by another network, and so needs a run before its own. */
export const needsTeacher = (name: string): boolean => methods[name]!().signals.includes("teacher");

/** The method of one run. */
export const methodSchema: z.ZodType<Named> = named(
  methodOptions,
  "How the network is trained: a method's name, or the name with options.",
);

/** How often a method that is taught goes round, and what taught its first student. */
const STUDY_OPTIONS = {
  generations: z.int().min(1).max(100).optional().meta({
    description:
      "How many students follow one another, each taught by the one before. 1 where it is left out.",
  }),
  baseline: methodSchema.optional().meta({
    description: "What trains the first teacher. Cross-entropy where it is left out.",
  }),
};

/** Any option may have a list of values in a study: each is a method of its own. */
const orList = (schema: z.ZodType): z.ZodType => {
  const { description } = schema.meta() ?? {};
  return z
    .union([schema, z.array(schema).min(1)])
    .meta({ ...(description ? { description } : {}) });
};

const studyOptions: OptionTable = Object.fromEntries(
  Object.entries(methodOptions).map(([name, options]) => [
    name,
    {
      ...Object.fromEntries(
        Object.entries(options).map(([key, schema]) => [key, orList(schema as z.ZodType)]),
      ),
      ...(needsTeacher(name) ? STUDY_OPTIONS : {}),
    },
  ]),
);

/** A method of a study, whose options may be lists. */
export const studyMethodSchema: z.ZodType<Named> = named(
  studyOptions,
  "A method's name, or the name with options; a list of values is one method each.",
);

/** A method's options, each one value, with defaults. */
export const parseMethod = (method: unknown): Named => namedObject(methodOptions).parse(method);
