// Unchecked, allocation-free kernels over rows, which the checked functions of @sd packages share.
export { softmaxCrossEntropyInto, softTargetCrossEntropyInto } from "./kernels/cross-entropy.ts";
export { klDivergenceInto } from "./kernels/divergence.ts";
export { predictionsInto } from "./kernels/predictions.ts";
export { rowSumExp } from "./kernels/row-sum-exp.ts";
export {
  argmaxInto,
  logSoftmaxInto,
  logSumExpInto,
  rowMax,
  softmaxEntropyInto,
  softmaxInto,
} from "./kernels/softmax.ts";
export { teacherCrossEntropyInto } from "./kernels/teacher-cross-entropy.ts";
