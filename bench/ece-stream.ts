// Calibration of a million rows that never are in memory together.
import { createRng, normal } from "@sd/math/random";
import { CalibrationAccumulator } from "@sd/metrics";

const ROWS = 1_000_000;
const CLASSES = 100;
const CHUNK = 10_000;

/** Microseconds for the ECE of 10⁶ rows of 100 classes, read in chunks of 10⁴. */
export async function eceStream(): Promise<{ name: string; microseconds: number }[]> {
  const rng = createRng(1);
  const logits = Float32Array.from({ length: CHUNK * CLASSES }, () => 3 * normal(rng));
  const labels = Int32Array.from({ length: CHUNK }, (_, i) => i % CLASSES);
  const start = performance.now();
  const accumulator = new CalibrationAccumulator();
  while (accumulator.count < ROWS) accumulator.update(logits, labels, [CHUNK, CLASSES]);
  accumulator.expectedCalibrationError();
  const microseconds = 1000 * (performance.now() - start);
  return [{ name: `ECE of ${ROWS} rows of ${CLASSES} classes, streamed`, microseconds }];
}
