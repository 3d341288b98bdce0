// What the module exports. Addresses are in its memory; src/simd/workspace.ts lays it out.
export { softmaxCrossEntropy, softTargetCrossEntropy } from "./cross-entropy";
export { klDivergence } from "./divergence";
export { predictions } from "./predictions";
export { logSoftmax, logSumExp, softmax, softmaxEntropy } from "./softmax";
export { teacherCrossEntropy } from "./teacher-cross-entropy";

/** The first address that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}
