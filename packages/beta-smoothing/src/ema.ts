import { checkFloats, checkNumber, type FloatArray } from "@sd/math";

/**
 * The decay of the t-th update of a moving average, `min(1 − 1/(t + 1), λ)`.
 *
 * Up to the cap the average is the exact mean of everything seen, for λ = 0.999 until t = 999.
 *
 * @param step - t, counted from 1: how many updates there are with this one.
 * @param cap - λ in [0, 1].
 * @returns In [½, 1] if the cap allows.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { emaDecay } from "@sd/beta-smoothing";
 *
 * console.log(emaDecay(1), emaDecay(3), emaDecay(5000)); // 0.5 0.75 0.999
 * ```
 */
export function emaDecay(step: number, cap = 0.999): number {
  checkNumber("emaDecay", "step", step, { min: 1, integer: true });
  checkNumber("emaDecay", "cap", cap, { min: 0, max: 1 });
  return Math.min(1 - 1 / (step + 1), cap);
}

/**
 * One update of a moving average, in place: `average ← decay · average + (1 − decay) · current`.
 *
 * Decay 0 copies, 1 freezes; in between the result lies within an ulp of the range of the two.
 *
 * @param average - Changed and returned.
 * @param current - As long as `average`.
 * @param decay - In [0, 1].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { emaUpdate } from "@sd/beta-smoothing";
 *
 * console.log(emaUpdate(Float32Array.of(0, 4), Float32Array.of(1, 0), 0.75)); // Float32Array(2) [ 0.25, 3 ]
 * ```
 */
export function emaUpdate<Average extends FloatArray>(
  average: Average,
  current: FloatArray,
  decay: number,
): Average {
  checkFloats("emaUpdate", "average", average, average.length, [average.length]);
  checkFloats("emaUpdate", "current", current, average.length, [average.length]);
  checkNumber("emaUpdate", "decay", decay, { min: 0, max: 1 });
  const rest = 1 - decay;
  for (let j = 0; j < average.length; j++) average[j] = decay * average[j]! + rest * current[j]!;
  return average;
}
