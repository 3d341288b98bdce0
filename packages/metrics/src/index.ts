export { CalibrationAccumulator, type CalibrationAccumulatorJson } from "./accumulator.ts";
export { accuracy, type TopKOptions, topKAccuracy } from "./accuracy.ts";
export { applyTemperature } from "./apply-temperature.ts";
export type { ReliabilityBin } from "./bin-sums.ts";
export {
  type BootstrapOptions,
  bootstrap,
  bootstrapInterval,
  type Estimate,
  type IntervalMethod,
  type ResampleOptions,
  type WeightedStatistic,
  weightedMean,
} from "./bootstrap.ts";
export {
  type CalibrationOptions,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityDiagram,
  rootMeanSquareCalibrationError,
} from "./calibration.ts";
export {
  type ConfidenceDiversity,
  type ConfidenceDiversityOptions,
  confidenceDiversity,
} from "./confidence-diversity.ts";
export {
  differentialEntropy,
  type EntropyEstimator,
  type EntropyOptions,
} from "./differential-entropy.ts";
export {
  type ClassifierEvaluation,
  type EvaluationOptions,
  evaluateClassifier,
} from "./evaluate.ts";
export { type Fidelity, fidelity } from "./fidelity.ts";
export { calibrationNullFloor, type NullFloor, type NullFloorOptions } from "./null-floor.ts";
export { type McNemar, mcNemarTest, type PairedDifference, pairedBootstrap } from "./paired.ts";
export type { ScoreOptions } from "./rows.ts";
export { brierScore, negativeLogLikelihood } from "./scores.ts";
export {
  pairedSeedInterval,
  type SeedInterval,
  type SeedIntervalOptions,
  seedInterval,
} from "./seed-interval.ts";
export { type FittedTemperature, fitTemperature } from "./temperature.ts";
export {
  type EnsembleUncertainty,
  ensembleUncertainty,
  predictiveUncertainty,
  trueClassProbabilities,
} from "./uncertainty.ts";
