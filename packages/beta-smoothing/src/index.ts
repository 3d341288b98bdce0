export { argmaxThreshold } from "./argmax-threshold.ts";
export { type AssignmentMode, type AssignOptions, assignByRank } from "./assign.ts";
export {
  BetaSmoother,
  type BetaSmootherOptions,
  type BetaSmootherState,
} from "./beta-smoother.ts";
export { confidenceRanks, trueClassConfidences } from "./confidence.ts";
export { emaDecay, emaUpdate } from "./ema.ts";
export {
  type EmaMode,
  MovingAverage,
  type MovingAverageOptions,
  type MovingAverageState,
} from "./moving-average.ts";
export { type BetaDraws, sortedBeta, sortedBetaWithComplement } from "./sorted-beta.ts";
export {
  type BetaSmoothingOptions,
  type BetaSmoothingTargets,
  betaSmoothingTargets,
} from "./targets.ts";
export type { WeightSet, Weights } from "./weights.ts";
