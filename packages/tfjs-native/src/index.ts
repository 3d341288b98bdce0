export type { EngineInstallation } from "./addon.ts";
export { cacheRoot } from "./cache.ts";
export { type DoctorReport, doctor, formatDoctor } from "./doctor.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export { findEngine, type InstallOptions, installEngine, removeEngine } from "./install.ts";
export { loadNativeBackend, type NativeEngine } from "./load.ts";
export { platformProblem, type Requirement } from "./requirements.ts";
