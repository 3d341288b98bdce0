// Unchecked, allocation-free kernels over rows: what the checked functions call once per batch.
export { betaSmoothingPriorInto, betaSmoothingTargetsInto } from "./kernels/beta-smoothing.ts";
export { smoothedTargetsInto } from "./kernels/smoothed-targets.ts";
export { scaledSoftmaxInto } from "./kernels/teacher.ts";
