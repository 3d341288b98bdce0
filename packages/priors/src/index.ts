export {
  addClassPredictions,
  type ClassMeanPriorOptions,
  type ClassSums,
  classMeanPrior,
  classMeans,
  classMeanWeight,
  type FirstEpoch,
} from "./class-means.ts";
export { concentrationFromExcess } from "./concentration.ts";
export {
  betaFromEpsilon,
  betaFromHardWeight,
  epsilonAllFromOthers,
  epsilonFromBeta,
  epsilonOthersFromAll,
  epsilonOthersFromBetaSmoothing,
  hardWeightFromBeta,
  hardWeightFromSoftWeight,
} from "./conversions.ts";
export {
  dirichletEntropy,
  dirichletKl,
  dirichletLogDensity,
  dirichletMean,
} from "./dirichlet.ts";
export {
  type BetaSmoothingPriorOptions,
  betaSmoothingPrior,
  labelSmoothingPrior,
  type PriorOptions,
  softLabelPrior,
} from "./label-priors.ts";
export { checkAnyLabels, type Labels } from "./labels.ts";
export { dirichletMode, mapEstimate, NoModeError } from "./map-estimate.ts";
export { type MassWeightsOptions, massWeights } from "./mass-weights.ts";
export type { OutOption } from "./out.ts";
export {
  type PastPredictionSchedule,
  pastPredictionPrior,
  pastPredictionWeight,
} from "./past-predictions.ts";
export { dirichletPosterior, logMarginalLikelihood } from "./posterior.ts";
export {
  type SmoothedTargets,
  type SmoothedTargetsOptions,
  smoothedTargets,
} from "./smoothed-targets.ts";
export { type Omega, type OmegaOptions, teacherLogOmega, teacherPrior } from "./teacher-prior.ts";
export { type VirtualTeacherPriorOptions, virtualTeacherPrior } from "./virtual-teacher.ts";
export { softLabelsFromVotes, type VoteOptions, votePrior } from "./votes.ts";
