// What a stream of rows may be read with.
import type { predictionsInto } from "@sd/math/kernels";

/** The one kernel that a `CalibrationAccumulator` needs. */
export interface CalibrationKernels {
  /** As in `@sd/math/kernels`: fills the confidences `[n]` and the flags `[n]` of the right rows. */
  readonly predictionsInto: typeof predictionsInto;
}

/** Options of `CalibrationAccumulator`. */
export interface CalibrationAccumulatorOptions {
  /**
   * The kernels of `loadSimdKernels()` in `@sd/math/simd` take a third of the time for Float32
   * logits. Their confidences are within a relative 3e-9 of the JavaScript kernel's, and what is
   * correct is the same. So all counts are the same, but for rows whose confidence is that close to
   * an edge of the 7200 cells; these may be counted on its other side.
   *
   * @defaultValue the JavaScript kernel
   */
  readonly kernels?: CalibrationKernels;
}
