// Every loss as one function of the logits and a batch, for the tests that hold for all of them.
import type { FloatArray, IntegerArray } from "@sd/math";
import {
  brier,
  brierValueAndGrad,
  confidencePenalty,
  confidencePenaltyValueAndGrad,
  type DistillationTotalOptions,
  decoupledDistillation,
  decoupledDistillationValueAndGrad,
  distillation,
  distillationTotal,
  distillationTotalValueAndGrad,
  distillationValueAndGrad,
  focal,
  focalValueAndGrad,
  type GradOptions,
  hintonDistillation,
  hintonDistillationValueAndGrad,
  klDivergence,
  klDivergenceValueAndGrad,
  labelSmoothing,
  labelSmoothingValueAndGrad,
  mapLoss,
  mapLossValueAndGrad,
  mutualLearning,
  mutualLearningValueAndGrad,
  softmaxCrossEntropy,
  softmaxCrossEntropyValueAndGrad,
  softmaxCrossEntropyWithSoftTargets,
  softmaxCrossEntropyWithSoftTargetsValueAndGrad,
  standardisedDistillation,
  standardisedDistillationValueAndGrad,
  transformedTeacherMatching,
  transformedTeacherMatchingValueAndGrad,
  type ValueAndGrad,
} from "../src/index.ts";

/** What a loss may be asked about, besides the logits. */
export interface Batch {
  readonly shape: readonly number[];
  readonly labels: IntegerArray;
  readonly teacherLogits: FloatArray;
  readonly targets: FloatArray;
  readonly concentration: FloatArray;
  readonly logTargets: FloatArray;
}

export interface Case {
  /** The name of the fixture. */
  readonly name: string;
  /** Which of the batch's arrays the loss reads. */
  readonly reads: readonly (keyof Batch)[];
  /** The fewest classes it accepts. @defaultValue 2 */
  readonly minClasses?: number;
  value(f: FloatArray, b: Batch, o?: GradOptions): FloatArray;
  grad(f: FloatArray, b: Batch, o?: GradOptions): ValueAndGrad;
}

type Labelled<O> = (
  f: FloatArray,
  y: IntegerArray,
  s: readonly number[],
  o: O & GradOptions,
) => Float64Array;
type LabelledGrad<O> = (
  f: FloatArray,
  y: IntegerArray,
  s: readonly number[],
  o: O & GradOptions,
) => ValueAndGrad;
type Against<O> = (
  f: FloatArray,
  t: FloatArray,
  s: readonly number[],
  o: O & GradOptions,
) => Float64Array;
type AgainstGrad<O> = (
  f: FloatArray,
  t: FloatArray,
  s: readonly number[],
  o: O & GradOptions,
) => ValueAndGrad;

const labelled = <const O extends object>(
  name: string,
  value: Labelled<O>,
  grad: LabelledGrad<O>,
  options: O,
): Case => ({
  name,
  reads: ["labels"],
  value: (f, b, o) => value(f, b.labels, b.shape, { ...options, ...o }),
  grad: (f, b, o) => grad(f, b.labels, b.shape, { ...options, ...o }),
});

const against = <const O extends object>(
  name: string,
  key: "teacherLogits" | "targets" | "logTargets",
  value: Against<O>,
  grad: AgainstGrad<O>,
  options: O,
): Case => ({
  name,
  reads: [key],
  value: (f, b, o) => value(f, b[key], b.shape, { ...options, ...o }),
  grad: (f, b, o) => grad(f, b[key], b.shape, { ...options, ...o }),
});

const total = (name: string, options: DistillationTotalOptions): Case => ({
  name,
  reads: ["labels", "teacherLogits"],
  value: (f, b, o) =>
    distillationTotal(f, b.labels, b.teacherLogits, b.shape, { ...options, ...o }),
  grad: (f, b, o) =>
    distillationTotalValueAndGrad(f, b.labels, b.teacherLogits, b.shape, { ...options, ...o }),
});

export const LOSSES: readonly Case[] = [
  labelled("softmaxCrossEntropy", softmaxCrossEntropy, softmaxCrossEntropyValueAndGrad, {}),
  against(
    "softmaxCrossEntropyWithSoftTargets",
    "targets",
    softmaxCrossEntropyWithSoftTargets,
    softmaxCrossEntropyWithSoftTargetsValueAndGrad,
    {},
  ),
  labelled("labelSmoothing", labelSmoothing, labelSmoothingValueAndGrad, { epsilon: 0.1 }),
  labelled("labelSmoothing, others", labelSmoothing, labelSmoothingValueAndGrad, {
    epsilon: 0.3,
    spread: "others",
  }),
  against("distillation", "teacherLogits", distillation, distillationValueAndGrad, {
    temperature: 4,
  }),
  against(
    "hintonDistillation",
    "teacherLogits",
    hintonDistillation,
    hintonDistillationValueAndGrad,
    { temperature: 4 },
  ),
  against(
    "hintonDistillation, without the factor",
    "teacherLogits",
    hintonDistillation,
    hintonDistillationValueAndGrad,
    { temperature: 4, factor: "one" },
  ),
  total("distillationTotal", { hardWeight: 0.6, temperature: 4 }),
  total("distillationTotal, both", { hardWeight: 0.1, temperature: 3, tempered: "both" }),
  {
    name: "mapLoss",
    reads: ["labels", "concentration"],
    value: (f, b, o) => mapLoss(f, b.labels, b.concentration, b.shape, o),
    grad: (f, b, o) => mapLossValueAndGrad(f, b.labels, b.concentration, b.shape, o),
  },
  labelled("confidencePenalty", confidencePenalty, confidencePenaltyValueAndGrad, { beta: 0.5 }),
  labelled("focal", focal, focalValueAndGrad, { gamma: 2 }),
  labelled("focal, a half", focal, focalValueAndGrad, { gamma: 0.5 }),
  labelled("brier", brier, brierValueAndGrad, {}),
  against("klDivergence", "logTargets", klDivergence, klDivergenceValueAndGrad, {}),
  against("klDivergence, reverse", "logTargets", klDivergence, klDivergenceValueAndGrad, {
    direction: "reverse",
  }),
  {
    name: "decoupledDistillation",
    reads: ["labels", "teacherLogits"],
    value: (f, b, o) => decoupledDistillation(f, b.labels, b.teacherLogits, b.shape, o),
    grad: (f, b, o) => decoupledDistillationValueAndGrad(f, b.labels, b.teacherLogits, b.shape, o),
  },
  {
    ...against(
      "standardisedDistillation",
      "teacherLogits",
      standardisedDistillation,
      standardisedDistillationValueAndGrad,
      { temperature: 2 },
    ),
    minClasses: 3,
  },
  against(
    "transformedTeacherMatching",
    "teacherLogits",
    transformedTeacherMatching,
    transformedTeacherMatchingValueAndGrad,
    { temperature: 4 },
  ),
  against(
    "transformedTeacherMatching, weighted",
    "teacherLogits",
    transformedTeacherMatching,
    transformedTeacherMatchingValueAndGrad,
    { temperature: 4, weighting: "powerSum" },
  ),
  {
    name: "mutualLearning",
    reads: ["labels"],
    value: (f, b, o) => mutualLearning(f, b.labels, [b.teacherLogits, b.concentration], b.shape, o),
    grad: (f, b, o) =>
      mutualLearningValueAndGrad(f, b.labels, [b.teacherLogits, b.concentration], b.shape, o),
  },
];
