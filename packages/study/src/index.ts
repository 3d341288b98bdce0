export { StudyError, type StudyErrorCode } from "./error.ts";
export type { Executor, Job, JobState } from "./executor.ts";
export { LocalExecutor } from "./local-executor.ts";
export {
  type PlannedRun,
  type PlanOptions,
  planStudy,
  type StudyPlan,
  type StudySpec,
  type Variant,
} from "./plan.ts";
export { type RunProgress, type RunStage, runProgress, studyProgress } from "./progress.ts";
export { fingerprint } from "./run-name.ts";
export { type RunPaths, type RunStudyOptions, runStudy, type Slot } from "./run-study.ts";
export { type Settings, withSetting, withSettings } from "./setting.ts";
export { cancelStudy, isStudy, readPlan, writePlan } from "./study-folder.ts";
