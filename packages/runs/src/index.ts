export type { CheckpointOptions, NewestOptions } from "./checkpoints.ts";
export type { Dtype, TypedArray } from "./dtypes.ts";
export { RunError, type RunErrorCode, type RunErrorOptions, type RunHolder } from "./error.ts";
export { EventFile } from "./event-file.ts";
export type { JsonObject } from "./json-file.ts";
export { acquireLock, type Lock, type LockHolder } from "./lock.ts";
export type { MetricsRow } from "./metrics-file.ts";
export type { Predictions } from "./predictions.ts";
export { listRuns, type RunRecord, readRun } from "./record.ts";
export { createRun, openRun, Run, type RunOptions } from "./run.ts";
export { runHolder } from "./run-holder.ts";
export {
  type ReadOptions,
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  type TensorInput,
  type TensorMap,
  writeSafetensors,
} from "./safetensors.ts";
export type { RunState, RunStatus, StatusDetail } from "./status.ts";
