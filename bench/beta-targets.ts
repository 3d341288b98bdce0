// What the soft targets of beta smoothing cost on the host, batch for batch.
import { betaSmoothingTargets } from "@sd/beta-smoothing";
import { createRng } from "@sd/math/random";
import { type Candidate, interleave, timedSync } from "./measure.ts";

const ROWS = 128;

function candidate(classes: number): Candidate {
  const rng = createRng(1);
  const confidences = Float64Array.from({ length: ROWS }, () => rng.uniform());
  const labels = Int32Array.from({ length: ROWS }, (_, i) => i % classes);
  const out = new Float32Array(ROWS * classes);
  const options = { a: 3, beta: 1.5, rng, out };
  const run = timedSync(() => {
    betaSmoothingTargets(confidences, labels, [ROWS, classes], options);
  });
  return { name: `betaSmoothingTargets, ${ROWS} × ${classes}`, run };
}

/** Medians, in microseconds a batch of 128 rows. */
export async function betaTargets(): Promise<{ name: string; microseconds: number }[]> {
  const timings = await interleave([10, 100].map(candidate));
  return timings.map(({ name, median }) => ({ name, microseconds: 1000 * median }));
}
