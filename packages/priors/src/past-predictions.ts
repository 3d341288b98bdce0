// PS-KD: the student's own predictions of the epoch before, trusted more from epoch to epoch.
import {
  checkNumber,
  checkShape,
  type FloatArray,
  isFloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { checkAnyLabels, checkSimplexRows, type Labels } from "./labels.ts";
import type { OutOption } from "./out.ts";

/** Where a training run stands, which decides how much past predictions count. */
export interface PastPredictionSchedule {
  /** e, counted from 0. */
  readonly epoch: number;
  /** E > e, how many there will be. */
  readonly epochs: number;
  /** α_E, the soft weight of the last epoch, in [0, 1). @defaultValue 0.8 */
  readonly finalWeight?: number | undefined;
}

function softWeight(functionName: string, schedule: PastPredictionSchedule): number {
  const { epoch, epochs, finalWeight = 0.8 } = schedule;
  checkNumber(functionName, "epochs", epochs, { min: 1, integer: true });
  checkNumber(functionName, "epoch", epoch, { min: 0, max: epochs - 1, integer: true });
  checkNumber(functionName, "finalWeight", finalWeight, { min: 0, max: 1, belowMax: true });
  return (finalWeight * (epoch + 1)) / epochs;
}

/**
 * The weight of past predictions in epoch e, `α_e = α_E (e + 1)/E`; the label keeps `1 − α_e`.
 *
 * @param schedule - `epoch`, `epochs`, `finalWeight`.
 * @returns In [0, 1).
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * Reference: Kim et al. 2021, arXiv 2006.12000, section 3.2.
 *
 * @example
 * ```ts
 * import { pastPredictionWeight } from "@sd/priors";
 *
 * console.log([0, 1, 3].map((epoch) => pastPredictionWeight({ epoch, epochs: 4 }))); // [ 0.2, 0.4, 0.8 ]
 * ```
 */
export function pastPredictionWeight(schedule: PastPredictionSchedule): number {
  return softWeight("pastPredictionWeight", schedule);
}

/**
 * Past predictions as a prior: `a = β_e P` with `β_e = α_e/(1 − α_e)`, so that the targets are
 * `(1 − α_e) 1[y] + α_e P`.
 *
 * @param pastProbs - [n, k], what the student predicted for these rows in the epoch before, rows on
 * the simplex; null in the first epoch, where the label stands in for it.
 * @param labels - [n] integers in 0…k−1, or [n, k] soft label rows on the simplex.
 * @param shape - The last axis is the class axis.
 * @param options - `epoch`, `epochs`, `finalWeight`, `out`; `out` may be `pastProbs`.
 * @returns Excess rows [n, k] of mass β_e.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Kim et al. 2021, arXiv 2006.12000, equation 6.
 *
 * @example
 * ```ts
 * import { pastPredictionPrior, smoothedTargets } from "@sd/priors";
 *
 * const labels = Int32Array.of(0);
 * const past = Float32Array.of(0.5, 0.5);
 * const excess = pastPredictionPrior(past, labels, [1, 2], { epoch: 4, epochs: 8 }); // α = ½
 * console.log(smoothedTargets(excess, labels, [1, 2]).targets); // Float64Array(2) [ 0.75, 0.25 ]
 * ```
 */
export function pastPredictionPrior<Out extends FloatArray = Float64Array>(
  pastProbs: FloatArray | null,
  labels: Labels,
  shape: Shape,
  options: PastPredictionSchedule & OutOption<Out>,
): Out {
  const name = "pastPredictionPrior";
  const { n, k } = checkShape(name, shape);
  checkAnyLabels(name, labels, n, k, shape);
  if (pastProbs !== null) checkSimplexRows(name, "pastProbs", pastProbs, n, k, shape);
  const weight = softWeight(name, options);
  const beta = weight / (1 - weight);
  const out = resolveOut(name, options.out, n * k, shape);
  if (pastProbs === null && !isFloatArray(labels)) {
    out.fill(0);
    for (let i = 0; i < n; i++) out[i * k + labels[i]!] = beta;
    return out;
  }
  const soft = pastProbs ?? (labels as FloatArray);
  for (let j = 0; j < n * k; j++) out[j] = beta * soft[j]!;
  return out;
}
