import type { FloatArray } from "@sd/math";

/** The option that all functions over rows share. */
export interface OutOption<Out extends FloatArray = Float64Array> {
  /** Filled and returned instead of a new Float64Array; Float32Array and Float64Array both do. */
  readonly out?: Out | undefined;
}
