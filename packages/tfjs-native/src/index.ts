export type { EngineFlavour } from "./builds.ts";
export { cacheRoot } from "./cache.ts";
export {
  type DoctorCheck,
  type DoctorOptions,
  type DoctorReport,
  doctor,
  formatDoctor,
} from "./doctor.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export {
  type FindOptions,
  findEngine,
  type InstallOptions,
  installEngine,
  type Removal,
  removeEngine,
} from "./install.ts";
export type { EngineInstallation } from "./installation.ts";
export {
  type LoadOptions,
  loadNativeBackend,
  type NativeEngine,
  type SavedModel,
  type SavedModelTensor,
} from "./load.ts";
export { releaseMemory } from "./memory.ts";
export { platformProblem, type Requirement } from "./requirements.ts";
