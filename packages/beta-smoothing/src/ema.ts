import { checkNumber, type FloatArray } from "@sd/math";
import { checkSameWeights, checkWeights, named, type WeightSet } from "./weights.ts";

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
 * @param average - Changed and returned: an array, a list of arrays, or arrays by name. Nothing is
 * changed if an argument is refused.
 * @param current - The same arrays by place or name, of the same lengths.
 * @param decay - In [0, 1].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { emaUpdate } from "@sd/beta-smoothing";
 *
 * console.log(emaUpdate(Float32Array.of(0, 4), Float32Array.of(1, 0), 0.75)); // Float32Array(2) [ 0.25, 3 ]
 *
 * const average = { kernel: Float32Array.of(0), bias: Float32Array.of(8) };
 * emaUpdate(average, { kernel: Float32Array.of(2), bias: Float32Array.of(0) }, 0.5);
 * console.log(average.kernel[0], average.bias[0]); // 1 4
 * ```
 */
export function emaUpdate<Average extends WeightSet>(
  average: Average,
  current: WeightSet,
  decay: number,
): Average {
  checkNumber("emaUpdate", "decay", decay, { min: 0, max: 1 });
  const [averages, currents] = [named(average), named(current)];
  checkWeights("emaUpdate", "average", averages);
  checkSameWeights("emaUpdate", "current", averages, currents);
  for (const [name, values] of Object.entries(averages)) {
    averageInto(values, currents[name]!, decay);
  }
  return average;
}

/** {@link emaUpdate} of one array, unchecked. */
export function averageInto(average: FloatArray, current: FloatArray, decay: number): void {
  const rest = 1 - decay;
  for (let j = 0; j < average.length; j++) average[j] = decay * average[j]! + rest * current[j]!;
}
