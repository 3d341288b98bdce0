export { packWeights, unpackWeights } from "./checkpoint.ts";
export type {
  Progress,
  TrainData,
  TrainOptions,
  TrainSettings,
} from "./config.ts";
export type { Criterion, EarlyStopping } from "./criterion.ts";
export { type Engine, type EngineName, type EngineOptions, openEngine } from "./engine.ts";
export { TrainerError, type TrainerErrorCode } from "./errors.ts";
export { distilGenerations, type GenerationOptions } from "./generations.ts";
export { type BetaSmoothingOptions, betaSmoothing } from "./methods/beta-smoothing.ts";
export { type BootstrappingOptions, bootstrapping } from "./methods/bootstrapping.ts";
export { type ConfidencePenaltyOptions, confidencePenalty } from "./methods/confidence-penalty.ts";
export { crossEntropy } from "./methods/cross-entropy.ts";
export type { EngineTerm, TermInputs } from "./methods/engine-term.ts";
export {
  type HintonDistillationOptions,
  hintonDistillation,
} from "./methods/hinton-distillation.ts";
export { type LabelSmoothingOptions, labelSmoothing } from "./methods/label-smoothing.ts";
export { labelRows, labelsOf } from "./methods/labels.ts";
export type {
  Method,
  MethodBatch,
  MethodData,
  MethodState,
  Signal,
  Signals,
  Targets,
} from "./methods/method.ts";
export {
  type OnlineLabelSmoothingOptions,
  onlineLabelSmoothing,
} from "./methods/online-label-smoothing.ts";
export { type PastPredictionOptions, pastPredictions } from "./methods/past-predictions.ts";
export { type SelfDistillationOptions, selfDistillation } from "./methods/self-distillation.ts";
export { createMethod, methods } from "./methods/table.ts";
export { type VirtualTeacherOptions, virtualTeacher } from "./methods/virtual-teacher.ts";
export { densenetBc100x12 } from "./models/densenet.ts";
export { lenet } from "./models/lenet.ts";
export { mlp } from "./models/mlp.ts";
export {
  type BufferSpec,
  EVALUATION,
  initialWeights,
  type Mode,
  type Model,
  type ModelShape,
  type ParameterKind,
  type ParameterSpec,
  parameterCount,
  type TensorSpec,
  type TorchLayout,
  type Weights,
} from "./models/model.ts";
export { preactResnet18 } from "./models/preactivation-resnet.ts";
export { resnet8, resnet18, resnet20, resnet34, resnet56 } from "./models/resnet.ts";
export { createModel, models } from "./models/table.ts";
export { wideResnet16x4 } from "./models/wide-resnet.ts";
export {
  type Preset,
  type PresetData,
  type PresetMethod,
  type PresetNetwork,
  presets,
} from "./presets.ts";
export {
  type ConstantSchedule,
  type CosineSchedule,
  type OneCycleSchedule,
  type ScheduleOptions,
  type StepSchedule,
  scheduleFactor,
  type Warmup,
} from "./schedules.ts";
export { Session } from "./session.ts";
export type { Images, SessionOptions, StepInputs, StepResult } from "./session-options.ts";
export type { Arrays } from "./session-variables.ts";
export { type SignalStop, type StopOptions, stopOnSignals } from "./stop-on-signals.ts";
export { type CacheOptions, cacheLogits } from "./teachers/cached-logits.ts";
export { loadTeacher } from "./teachers/load-teacher.ts";
export { type SavedModelOptions, savedModelTeacher } from "./teachers/saved-model.ts";
export {
  type LogitTeacher,
  type NetworkTeacher,
  type OpenOptions,
  openTeacher,
  type Teacher,
  type TeacherBatch,
} from "./teachers/teacher.ts";
export { type TrainResult, train } from "./train.ts";
export { type AdamWOptions, adamw } from "./update-rules/adamw.ts";
export { clipByGlobalNorm } from "./update-rules/clip-by-global-norm.ts";
export { type MomentumOptions, momentum } from "./update-rules/momentum.ts";
export {
  createUpdateRule,
  type GradientOptions,
  type OptimizerOptions,
  type UpdateOptions,
  updateRules,
} from "./update-rules/table.ts";
export type { ParameterStep, ParameterUpdate, UpdateRule } from "./update-rules/update-rule.ts";
export type { WeightDecayOptions } from "./update-rules/weight-decay.ts";
