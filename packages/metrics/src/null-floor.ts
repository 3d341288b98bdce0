import { checkNumber, type FloatArray, type IntegerArray, mean, type Shape } from "@sd/math";
import { createRng, type Rng } from "@sd/math/random";
import { binOf } from "./bin-sums.ts";
import { type CalibrationOptions, checkBins, DEFAULT_BINS } from "./calibration.ts";
import { checkedPredictions } from "./predictions.ts";
import { quantileOfSorted } from "./quantile.ts";

/** Options of {@link calibrationNullFloor}. */
export interface NullFloorOptions extends CalibrationOptions {
  /** @defaultValue 1000 */
  readonly draws?: number;
  readonly seed: number;
}

/** The plug-in ECE that a perfectly calibrated model with these confidences would show. */
export interface NullFloor {
  readonly mean: number;
  readonly median: number;
  /** The 95 % quantile: an ECE above it is no accident of the sample size. */
  readonly upper: number;
}

/** One ECE with outcomes drawn from the confidences; bins are fixed. */
function drawError(
  confidence: Float64Array,
  bin: Int32Array,
  gaps: Float64Array,
  rng: Rng,
): number {
  gaps.fill(0);
  for (let i = 0; i < confidence.length; i++) {
    const c = confidence[i]!;
    gaps[bin[i]!]! += rng.uniform() < c ? c - 1 : c;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidence.length;
}

/**
 * Consistency resampling: the ECE of a calibrated model of this size, from outcomes drawn as
 * Bernoulli(confidence).
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`; only checked.
 * @param shape - The last axis is the class axis.
 * @param options - `bins`, `temperature`, `draws`, `seed`.
 * @returns NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 *
 * Reference: Bröcker & Smith 2007, "Increasing the reliability of reliability diagrams".
 */
export function calibrationNullFloor(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: NullFloorOptions,
): NullFloor {
  const { bins = DEFAULT_BINS, draws = 1000, seed } = options;
  checkBins("calibrationNullFloor", bins);
  checkNumber("calibrationNullFloor", "draws", draws, { min: 1, integer: true });
  const name = "calibrationNullFloor";
  const { confidence } = checkedPredictions(name, logits, labels, shape, options);
  const bin = Int32Array.from(confidence, (c) => binOf(c, bins));
  const rng = createRng(seed).fork("null floor");
  const gaps = new Float64Array(bins);
  const errors = Float64Array.from({ length: draws }, () => drawError(confidence, bin, gaps, rng));
  errors.sort();
  return {
    mean: mean(errors),
    median: quantileOfSorted(errors, 0.5),
    upper: quantileOfSorted(errors, 0.95),
  };
}
