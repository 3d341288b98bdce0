import type {
  klDivergenceInto,
  logSoftmaxInto,
  logSumExpInto,
  predictionsInto,
  softmaxCrossEntropyInto,
  softmaxEntropyInto,
  softmaxInto,
  softTargetCrossEntropyInto,
  teacherCrossEntropyInto,
} from "../kernels.ts";

/**
 * Twins of the kernels of `@sd/math/kernels`, by the same names and with the same parameters.
 *
 * A call runs in SIMD if `out`, the logits, the soft targets or the teacher's logits and `gradOut`
 * are Float32Arrays, k > 1 and n · k is at least {@link SIMD_MINIMUM_SIZE} (and at most 2^26). Any
 * other call goes to the JavaScript kernel, Float64Arrays among them. Labels, weights, the cotangent
 * and the confidence of `predictionsInto` may be of any type.
 *
 * All arithmetic is in float64 and a result is rounded once, as in the JavaScript kernels; only the
 * exponential is shorter, with a relative error of at most 2e-9 where float32 rounds by 6e-8. So,
 * against a Float32 result of the JavaScript kernel:
 *
 * - `softmaxInto` and the gradient of `softmaxCrossEntropyInto` differ by at most 1 ulp;
 * - `logSoftmaxInto`, `softmaxEntropyInto` and the values of the cross-entropies (targets ≥ 0)
 *   differ by at most 1 ulp + k · 2^−51 (times the weight and the targets' sum), the rounding of a
 *   float64 sum of k terms in another order;
 * - `logSumExpInto` differs by at most 1 ulp + 3e-9;
 * - the gradient of `softTargetCrossEntropyInto` differs by at most 1 ulp + 5e-9 of the term S·p,
 *   times the row's scale;
 * - the gradient of `teacherCrossEntropyInto` differs by at most 1 ulp + 5e-9 of its terms p and
 *   (1 − h) q, times the row's scale;
 * - `klDivergenceInto` differs by at most 1 ulp + 3e-9 Σ u |log u − log v|;
 * - the confidence of `predictionsInto` differs by at most 3e-9 of itself (+ 1 ulp as a
 *   Float32Array), and what is correct does not differ.
 *
 * NaN, +∞, −∞ (masked classes), rows that are masked as a whole and empty batches give what the
 * JavaScript kernels give.
 *
 * Inputs are copied into one WebAssembly memory and results out of it, so every output may be one of
 * the inputs. That memory grows to the largest batch, 8 n k + 16 k + 28 n bytes, and is never given
 * back; a batch of the same [n, k] as the last one allocates nothing. Like the other kernels these
 * check nothing; a row whose label lies outside 0…k−1 becomes NaN, and is not correct.
 */
export interface SimdKernels {
  readonly softmaxInto: typeof softmaxInto;
  readonly logSoftmaxInto: typeof logSoftmaxInto;
  readonly logSumExpInto: typeof logSumExpInto;
  readonly softmaxEntropyInto: typeof softmaxEntropyInto;
  readonly softmaxCrossEntropyInto: typeof softmaxCrossEntropyInto;
  readonly softTargetCrossEntropyInto: typeof softTargetCrossEntropyInto;
  readonly teacherCrossEntropyInto: typeof teacherCrossEntropyInto;
  readonly predictionsInto: typeof predictionsInto;
  readonly klDivergenceInto: typeof klDivergenceInto;
}
