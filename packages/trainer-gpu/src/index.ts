export { packWeights, unpackWeights } from "./checkpoint.ts";
export type {
  OptimizerOptions,
  Progress,
  Teacher,
  TrainData,
  TrainOptions,
  TrainSettings,
} from "./config.ts";
export { type Engine, type EngineName, type EngineOptions, openEngine } from "./engine.ts";
export { TrainerError, type TrainerErrorCode } from "./errors.ts";
export { distilGenerations, type GenerationOptions, loadTeacher } from "./generations.ts";
export { type BetaSmoothingOptions, betaSmoothing } from "./methods/beta-smoothing.ts";
export { crossEntropy } from "./methods/cross-entropy.ts";
export { type LabelSmoothingOptions, labelSmoothing } from "./methods/label-smoothing.ts";
export type { Method, MethodBatch, Signal, Signals, Targets } from "./methods/method.ts";
export { type SelfDistillationOptions, selfDistillation } from "./methods/self-distillation.ts";
export { createMethod, methods } from "./methods/table.ts";
export { lenet } from "./models/lenet.ts";
export { mlp } from "./models/mlp.ts";
export {
  initialWeights,
  type Model,
  type ModelShape,
  type ParameterSpec,
  parameterCount,
  type TorchLayout,
  type Weights,
} from "./models/model.ts";
export { createModel, models } from "./models/table.ts";
export { type ScheduleOptions, scheduleFactor } from "./schedules.ts";
export {
  type Arrays,
  Session,
  type SessionOptions,
  type StepInputs,
  type StepResult,
} from "./session.ts";
export { type TrainResult, train } from "./train.ts";
export { type MomentumOptions, momentumUpdate } from "./update-rules/momentum.ts";
