export { CalibrationAccumulator, type CalibrationAccumulatorJson } from "./accumulator.ts";
export type { CalibrationAccumulatorOptions, CalibrationKernels } from "./accumulator-options.ts";
export { accuracy, type TopKOptions, topKAccuracy } from "./accuracy.ts";
export { applyTemperature } from "./apply-temperature.ts";
export type { ReliabilityBin } from "./bin-sums.ts";
export {
  bootstrap,
  type ResampleOptions,
  type WeightedStatistic,
  weightedMean,
} from "./bootstrap.ts";
export {
  type BootstrapOptions,
  bootstrapInterval,
  type Estimate,
  type IntervalMethod,
} from "./bootstrap-interval.ts";
export {
  type BrierDecomposition,
  type BrierDecompositionOptions,
  brierDecomposition,
} from "./brier-decomposition.ts";
export {
  type CalibrationOptions,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityDiagram,
  rootMeanSquareCalibrationError,
} from "./calibration.ts";
export { classwiseCalibrationError } from "./class-wise.ts";
export {
  type ConfidenceDiversity,
  type ConfidenceDiversityOptions,
  confidenceDiversity,
} from "./confidence-diversity.ts";
export { type DebiasedCalibration, debiasedCalibrationError } from "./debiased.ts";
export {
  differentialEntropy,
  type EntropyEstimator,
  type EntropyOptions,
} from "./differential-entropy.ts";
export { equalMassCalibrationError } from "./equal-mass.ts";
export {
  type ClassifierEvaluation,
  type EvaluationOptions,
  evaluateClassifier,
} from "./evaluate.ts";
export { type Fidelity, fidelity } from "./fidelity.ts";
export { holm } from "./holm.ts";
export {
  type IntervalMetric,
  type MetricIntervalOptions,
  metricInterval,
} from "./metric-interval.ts";
export { calibrationNullFloor, type NullFloor, type NullFloorOptions } from "./null-floor.ts";
export { type McNemar, mcNemarTest, type PairedDifference, pairedBootstrap } from "./paired.ts";
export { quantiles } from "./quantile.ts";
export { areaUnderRoc, falsePositiveRateAt95 } from "./ranking.ts";
export { type RiskCoverage, riskCoverage } from "./risk-coverage.ts";
export type { ScoreOptions } from "./rows.ts";
export { brierScore, negativeLogLikelihood } from "./scores.ts";
export {
  type PairedSeedInterval,
  pairedSeedInterval,
  type SeedInterval,
  type SeedIntervalOptions,
  seedInterval,
} from "./seed-interval.ts";
export { smoothCalibrationError } from "./smooth.ts";
export { type FittedTemperature, fitTemperature } from "./temperature.ts";
export {
  type EnsembleUncertainty,
  ensembleUncertainty,
  predictiveUncertainty,
  trueClassProbabilities,
} from "./uncertainty.ts";
export {
  applyVectorScaling,
  type FittedVectorScaling,
  fitVectorScaling,
  type VectorScaling,
} from "./vector-scaling.ts";
