import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { checkedPredictions } from "./predictions.ts";
import type { ScoreLevel } from "./ranking.ts";

/** How risk grows with coverage when the least confident rows are left out. */
export interface RiskCoverage {
  /** `(1/n) Σ_i` error rate of the i most confident rows, expected over the orders of ties. */
  readonly area: number;
  /** `area` minus that of the best order with the same errors. */
  readonly excess: number;
  /** Trapezoid rule over the same n points, divided by n − 1; NaN for n = 1. */
  readonly trapezoid: number;
}

/** The blocks of equal confidence, from the most confident down; NaN equals nothing, itself included. */
function blocksOf(confidence: Float64Array, correct: Uint8Array): ScoreLevel[] {
  const order = Int32Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]!);
  const blocks: { positives: number; negatives: number }[] = [];
  order.forEach((row, rank) => {
    if (rank === 0 || confidence[row] !== confidence[order[rank - 1]!]) {
      blocks.push({ positives: 0, negatives: 0 });
    }
    blocks.at(-1)![correct[row] ? "positives" : "negatives"]++;
  });
  return blocks;
}

/** From blocks of descending confidence; within one of r rows with E errors each row adds E/r. */
export function riskCoverageOf(blocks: readonly ScoreLevel[]): RiskCoverage {
  let [n, errors, sum, first, last] = [0, 0, 0, 0, 0];
  for (const { positives, negatives } of blocks) {
    const rows = positives + negatives;
    for (let j = 1; j <= rows; j++) {
      last = (errors + (negatives * j) / rows) / (n + j);
      if (n + j === 1) first = last;
      sum += last;
    }
    n += rows;
    errors += negatives;
  }
  let best = 0;
  for (let i = n - errors + 1; i <= n; i++) best += (i - (n - errors)) / i;
  const ends = n > 1 ? (first + last) / 2 : Number.NaN;
  return { area: sum / n, excess: (sum - best) / n, trapezoid: (sum - ends) / (n - 1) };
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
  return riskCoverageOf(blocksOf(confidence, correct));
}
