export {
  checkChoice,
  checkFloats,
  checkLabels,
  checkLogits,
  checkNonNegativeFloats,
  checkNumber,
  checkPositiveFloats,
  checkShape,
  checkTargets,
  checkWeights,
  type Interval,
  isFloatArray,
  resolveOut,
} from "./checks.ts";
export { DomainError, isSdError, SdError, ShapeError, TypeMismatchError } from "./errors.ts";
export { argmax, entropy, logSoftmax, logSumExp, type RowOptions, softmax } from "./rows.ts";
export { log1mexp, logit, logSigmoid, sigmoid, softplus, xlogy } from "./scalars.ts";
export { mean, sum } from "./sum.ts";
export type { FloatArray, IntegerArray, Shape } from "./types.ts";
