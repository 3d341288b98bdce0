// Unchecked kernels: rows of flat arrays in, values and (unless null) gradients out. They allocate
// nothing per row. `gradOut` may be `logits`.
export { softmaxCrossEntropyInto, softTargetCrossEntropyInto } from "@sd/math/kernels";
export { brierInto } from "./kernels/brier.ts";
export { confidencePenaltyInto } from "./kernels/confidence-penalty.ts";
export { decoupledDistillationInto } from "./kernels/decoupled.ts";
export {
  distillationInto,
  distillationTotalInto,
  hintonDistillationInto,
} from "./kernels/distillation.ts";
export { focalInto } from "./kernels/focal.ts";
export { klDivergenceInto } from "./kernels/kl-divergence.ts";
export { labelSmoothingInto } from "./kernels/label-smoothing.ts";
export { mapLossInto } from "./kernels/map-loss.ts";
export { mutualLearningInto } from "./kernels/mutual-learning.ts";
export { standardisedDistillationInto } from "./kernels/standardised.ts";
export { transformedTeacherMatchingInto } from "./kernels/transformed-teacher.ts";
