// Data whose best classifier is known: normal clouds of unit variance, one a class, equally likely.
import { createRng, normal } from "@sd/math/random";
import type { LinearClassifier } from "./onnx.ts";

export const INPUTS = 6;
export const CLASSES = 4;

export interface Sample {
  readonly n: number;
  /** `[n, INPUTS]` */
  readonly x: Float32Array;
  /** `[n]` */
  readonly labels: Int32Array;
}

/** The centres of the clouds, `[CLASSES, INPUTS]`. */
export function drawCentres(seed: number): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: CLASSES * INPUTS }, () => 0.8 * normal(rng));
}

/** `n` points and the clouds they come from. */
export function drawSample(centres: Float32Array, n: number, seed: number): Sample {
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: n }, () => Math.floor(CLASSES * rng.uniform()));
  const x = Float32Array.from({ length: n * INPUTS }, (_, at) => {
    const label = labels[Math.floor(at / INPUTS)]!;
    return centres[label * INPUTS + (at % INPUTS)]! + normal(rng);
  });
  return { n, x, labels };
}

/**
 * The classifier of these clouds, log p(c | x) = x·μ_c − |μ_c|²/2 + constant, with all its numbers
 * times `factor`: 1 is calibrated, more is too sure by just that temperature.
 */
export function overconfidentClassifier(centres: Float32Array, factor: number): LinearClassifier {
  const weights = new Float32Array(INPUTS * CLASSES);
  const bias = new Float32Array(CLASSES);
  for (let c = 0; c < CLASSES; c++) {
    for (let j = 0; j < INPUTS; j++) {
      const centre = centres[c * INPUTS + j]!;
      weights[j * CLASSES + c] = factor * centre;
      bias[c]! -= (factor * centre ** 2) / 2;
    }
  }
  return { inputs: INPUTS, classes: CLASSES, weights, bias };
}
