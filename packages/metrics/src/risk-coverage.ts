import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { checkedPredictions } from "./predictions.ts";

/** How risk grows with coverage when the least confident rows are left out. */
export interface RiskCoverage {
  /** `(1/n) Σ_i` error rate of the i most confident rows, expected over the orders of ties. */
  readonly area: number;
  /** `area` minus that of the best order with the same errors. */
  readonly excess: number;
  /** Trapezoid rule over the same n points, divided by n − 1; NaN for n = 1. */
  readonly trapezoid: number;
}

/** The risks of the i most confident rows, i = 1…n; within a tie of r rows with E errors each adds E/r. */
function risksOf(confidence: Float64Array, correct: Uint8Array): Float64Array {
  const n = confidence.length;
  const order = Int32Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]!);
  const risks = new Float64Array(n);
  let errors = 0;
  for (let start = 0; start < n; ) {
    let end = start;
    let inBlock = 0;
    while (end < n && confidence[order[end]!] === confidence[order[start]!]) {
      inBlock += 1 - correct[order[end++]!]!;
    }
    for (let i = start; i < end; i++) {
      risks[i] = (errors + (inBlock * (i + 1 - start)) / (end - start)) / (i + 1);
    }
    errors += inBlock;
    // A confidence of NaN equals nothing, itself included.
    start = Math.max(end, start + 1);
  }
  return risks;
}

/**
 * Area under the risk–coverage curve, with confidence as the score.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @returns NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1805.08206
 *
 * @example
 * ```ts
 * import { riskCoverage } from "@sd/metrics";
 *
 * // The surer row is right, the other wrong: risks 0 and ½.
 * const { area, excess } = riskCoverage(Float32Array.of(3, 0, 1, 0), Int32Array.of(0, 1), [2, 2]);
 * console.log(area, excess); // 0.25 0
 * ```
 */
export function riskCoverage(logits: FloatArray, labels: IntegerArray, shape: Shape): RiskCoverage {
  const { confidence, correct } = checkedPredictions("riskCoverage", logits, labels, shape);
  const n = confidence.length;
  const risks = risksOf(confidence, correct);
  const sum = risks.reduce((a, b) => a + b, 0);
  const right = correct.reduce((a, b) => a + b, 0);
  let best = 0;
  for (let i = right + 1; i <= n; i++) best += (i - right) / i;
  const ends = n > 1 ? (risks[0]! + risks[n - 1]!) / 2 : Number.NaN;
  return { area: sum / n, excess: (sum - best) / n, trapezoid: (sum - ends) / (n - 1) };
}
