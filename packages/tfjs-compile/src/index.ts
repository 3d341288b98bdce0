export { compileProgram } from "./compile-program.ts";
export { ProgramError, type ProgramErrorCode } from "./errors.ts";
export {
  type BatchNormOptions,
  type BatchNormResult,
  batchNorm,
  type RunningStatistics,
  type Statistics,
} from "./lowering/batch-norm.ts";
export { relu } from "./lowering/relu.ts";
export { softmaxCrossEntropy } from "./lowering/softmax-cross-entropy.ts";
export { dropout, statelessNormal, statelessUniform } from "./lowering/stateless-random.ts";
export type { InputDType, ProgramDType, Values } from "./node-backend.ts";
export type { ProfileRow } from "./profile.ts";
export type {
  ArrayInput,
  Entries,
  Entry,
  InputSpec,
  InputSpecs,
  Inputs,
  InputsOf,
  OutputValues,
  ProfileOptions,
  Program,
  ProgramOptions,
  ProgramStats,
  RunInputs,
  Tensors,
} from "./program.ts";
