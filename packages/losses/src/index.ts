export {
  type AttentionTransferOptions,
  attentionTransfer,
  attentionTransferValueAndGrad,
} from "./batch/attention-transfer.ts";
export type { BatchGradOptions, BatchValueAndGrad } from "./batch/batch-loss.ts";
export { type HintOptions, type HintValueAndGrad, hint, hintValueAndGrad } from "./batch/hint.ts";
export { rkdAngle, rkdAngleValueAndGrad } from "./batch/rkd-angle.ts";
export { rkdDistance, rkdDistanceValueAndGrad } from "./batch/rkd-distance.ts";
export {
  similarityPreserving,
  similarityPreservingValueAndGrad,
} from "./batch/similarity-preserving.ts";
export { brier, brierValueAndGrad } from "./brier.ts";
export type { GradOptions, LossOptions, ValueAndGrad } from "./call.ts";
export {
  type ConfidencePenaltyOptions,
  confidencePenalty,
  confidencePenaltyValueAndGrad,
} from "./confidence-penalty.ts";
export {
  type DecoupledDistillationOptions,
  decoupledDistillation,
  decoupledDistillationValueAndGrad,
} from "./decoupled-distillation.ts";
export {
  type DistillationOptions,
  distillation,
  distillationValueAndGrad,
} from "./distillation.ts";
export {
  type DistillationTotalOptions,
  distillationTotal,
  distillationTotalValueAndGrad,
} from "./distillation-total.ts";
export { type FocalOptions, focal, focalValueAndGrad } from "./focal.ts";
export {
  type HintonDistillationOptions,
  hintonDistillation,
  hintonDistillationValueAndGrad,
} from "./hinton-distillation.ts";
export type { Tempered } from "./kernels/distillation.ts";
export type { Direction } from "./kernels/kl-divergence.ts";
export type { Spread } from "./kernels/label-smoothing.ts";
export {
  type KlDivergenceOptions,
  klDivergence,
  klDivergenceValueAndGrad,
} from "./kl-divergence.ts";
export {
  type LabelSmoothingOptions,
  labelSmoothing,
  labelSmoothingValueAndGrad,
} from "./label-smoothing.ts";
export { mapLoss, mapLossValueAndGrad } from "./map-loss.ts";
export { mutualLearning, mutualLearningValueAndGrad } from "./mutual-learning.ts";
export { softmaxCrossEntropy, softmaxCrossEntropyValueAndGrad } from "./softmax-cross-entropy.ts";
export {
  softmaxCrossEntropyWithSoftTargets,
  softmaxCrossEntropyWithSoftTargetsValueAndGrad,
} from "./softmax-cross-entropy-with-soft-targets.ts";
export {
  type StandardisedDistillationOptions,
  standardisedDistillation,
  standardisedDistillationValueAndGrad,
} from "./standardised-distillation.ts";
export {
  type TransformedTeacherMatchingOptions,
  transformedTeacherMatching,
  transformedTeacherMatchingValueAndGrad,
} from "./transformed-teacher-matching.ts";
export { type VirtualTeacherOptions, virtualTeacherLogits } from "./virtual-teacher.ts";
