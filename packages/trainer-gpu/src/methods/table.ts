import { lookUp } from "../errors.ts";
import { betaSmoothing } from "./beta-smoothing.ts";
import { bootstrapping } from "./bootstrapping.ts";
import { confidencePenalty } from "./confidence-penalty.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { hintonDistillation } from "./hinton-distillation.ts";
import { labelSmoothing } from "./label-smoothing.ts";
import type { Method } from "./method.ts";
import { onlineLabelSmoothing } from "./online-label-smoothing.ts";
import { pastPredictions } from "./past-predictions.ts";
import { selfDistillation } from "./self-distillation.ts";
import { virtualTeacher } from "./virtual-teacher.ts";

/** The methods by name. A new one is a file beside this and a row here. */
export const methods: Readonly<Record<string, (options?: never) => Method>> = {
  "cross-entropy": crossEntropy,
  "label-smoothing": labelSmoothing,
  "self-distillation": selfDistillation,
  "beta-smoothing": betaSmoothing,
  "confidence-penalty": confidencePenalty,
  "hinton-distillation": hintonDistillation,
  "past-predictions": pastPredictions,
  "online-label-smoothing": onlineLabelSmoothing,
  "virtual-teacher": virtualTeacher,
  bootstrapping,
};

/** Makes the method `name` with its options; an unknown name is a typed error that lists the known ones. */
export function createMethod(
  name: string,
  options: Readonly<Record<string, unknown>> = {},
): Method {
  return lookUp(methods, "method", name)(options as never);
}
