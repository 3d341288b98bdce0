import { findEngine } from "@sd/tfjs-native";

/** Why tests of the native engine are skipped here; undefined where it is installed. */
export const missingNative: string | undefined =
  (await findEngine()) === undefined ? "the native engine is not installed" : undefined;
