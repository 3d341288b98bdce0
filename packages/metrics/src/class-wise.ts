import { type FloatArray, type IntegerArray, type Shape, softmax } from "@sd/math";
import { applyTemperature } from "./apply-temperature.ts";
import { binSums, eceOf } from "./bin-sums.ts";
import { type CalibrationOptions, checkBins, DEFAULT_BINS } from "./calibration.ts";
import { checkedRows } from "./rows.ts";

/**
 * Class-wise calibration error, `(1/k) Σ_c Σ_b (n_bc/n) |mean p_c − frequency of c|`.
 *
 * Every class looks at all rows, also one that no row has.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `bins` of equal width, `temperature`.
 * @returns In [0, 1]; NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1910.12656
 */
export function classwiseCalibrationError(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  options: CalibrationOptions = {},
): number {
  const bins = checkBins("classwiseCalibrationError", options.bins ?? DEFAULT_BINS);
  const { n, k } = checkedRows("classwiseCalibrationError", logits, labels, shape, options);
  const probs = softmax(applyTemperature(logits, shape, options.temperature ?? 1), shape);
  let total = 0;
  for (let c = 0; c < k; c++) {
    const p = Float64Array.from({ length: n }, (_, i) => probs[i * k + c]!);
    const isClass = Uint8Array.from({ length: n }, (_, i) => (labels[i] === c ? 1 : 0));
    total += eceOf(binSums(p, isClass, bins));
  }
  return total / k;
}
