// Calibration of a million rows that never are in memory together.
import { createRng, normal } from "@sd/math/random";
import { CalibrationAccumulator, type CalibrationAccumulatorOptions } from "@sd/metrics";

export const ROWS = 1_000_000;
export const CLASSES = 100;
const CHUNK = 10_000;

/** A function that gives the milliseconds for the ECE of rows that come in chunks of 10⁴. */
export function eceStream(rows: number, options?: CalibrationAccumulatorOptions): () => number {
  const rng = createRng(1);
  const logits = Float32Array.from({ length: CHUNK * CLASSES }, () => 3 * normal(rng));
  const labels = Int32Array.from({ length: CHUNK }, (_, i) => i % CLASSES);
  return () => {
    const start = performance.now();
    const accumulator = new CalibrationAccumulator(options);
    for (let done = 0; done < rows; done += CHUNK) {
      accumulator.update(logits, labels, [CHUNK, CLASSES]);
    }
    accumulator.expectedCalibrationError();
    return performance.now() - start;
  };
}
