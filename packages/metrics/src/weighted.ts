// The weighted forms of the metrics that are more than a mean over rows.

import { type BinSums, binOf, emptyBins } from "./bin-sums.ts";
import { type WeightedStatistic, weightedMean } from "./bootstrap.ts";
import { logDensityRatio } from "./confidence-diversity.ts";
import { entropyOfSorted } from "./differential-entropy.ts";
import type { Predictions } from "./predictions.ts";
import type { ScoreLevel } from "./ranking.ts";
import type { RowStatistics } from "./rows.ts";
import { smoothErrorOf } from "./smooth.ts";

/** Σ_b |Σ_{i∈b} w_i (c_i − e_i)| / Σ w. */
export function weightedEce(
  { confidence, correct }: RowStatistics,
  bins: number,
): WeightedStatistic {
  const bin = Int32Array.from(confidence, (c) => binOf(c, bins));
  const gap = confidence.map((c, i) => c - correct[i]!);
  const sums = new Float64Array(bins);
  return (weights) => {
    sums.fill(0);
    let count = 0;
    for (let i = 0; i < weights.length; i++) {
      sums[bin[i]!]! += weights[i]! * gap[i]!;
      count += weights[i]!;
    }
    return sums.reduce((total, sum) => total + Math.abs(sum), 0) / count;
  };
}

/** A metric of sums over bins of equal width. */
export function weightedBins(
  { confidence, correct }: Predictions,
  bins: number,
  metric: (sums: BinSums) => number,
): WeightedStatistic {
  const bin = Int32Array.from(confidence, (c) => binOf(c, bins));
  return (weights) => {
    const sums = emptyBins(bins);
    for (let i = 0; i < weights.length; i++) {
      const [b, w] = [bin[i]!, weights[i]!];
      sums.count[b]! += w;
      sums.confidence[b]! += w * confidence[i]!;
      sums.correct[b]! += w * correct[i]!;
    }
    return metric(sums);
  };
}

/** A metric of right and wrong rows at each distinct confidence, from the highest down. */
export function weightedLevels(
  { confidence, correct }: Predictions,
  metric: (levels: readonly ScoreLevel[]) => number,
): WeightedStatistic {
  const order = Int32Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]!);
  let count = 0;
  const level = Int32Array.from(order, (row, rank) =>
    rank === 0 || confidence[row] !== confidence[order[rank - 1]!] ? count++ : count - 1,
  );
  return (weights) => {
    const levels = Array.from({ length: count }, () => ({ positives: 0, negatives: 0 }));
    for (let rank = 0; rank < order.length; rank++) {
      const row = order[rank]!;
      levels[level[rank]!]![correct[row] ? "positives" : "negatives"] += weights[row]!;
    }
    return metric(levels);
  };
}

/** The smooth calibration error. */
export function weightedSmoothError({ confidence, correct }: Predictions): WeightedStatistic {
  return (weights) => {
    const count = weights.reduce((a, b) => a + b, 0);
    const residuals = confidence.map((c, i) => (weights[i]! * (c - correct[i]!)) / count);
    return smoothErrorOf(confidence, residuals);
  };
}

/** The variance of the true class's probability, divisor Σ w. */
export function weightedVariance(probability: Float64Array): WeightedStatistic {
  const first = weightedMean(probability);
  return (weights) => {
    const centre = first(weights);
    let sum = 0;
    let count = 0;
    for (let i = 0; i < weights.length; i++) {
      sum += weights[i]! * (probability[i]! - centre) ** 2;
      count += weights[i]!;
    }
    return sum / count;
  };
}

/** Margin-space h(C): the sorted margins, each as often as its row counts. */
export function weightedDiversity({ margin }: RowStatistics): WeightedStatistic {
  const order = Int32Array.from(margin.keys()).sort((a, b) => margin[a]! - margin[b]!);
  const sorted = Float64Array.from(order, (i) => margin[i]!);
  const shift = weightedMean(margin.map(logDensityRatio));
  let drawn = new Float64Array(margin.length);
  return (weights) => {
    const count = weights.reduce((a, b) => a + b, 0);
    if (drawn.length < count) drawn = new Float64Array(count);
    let end = 0;
    for (let r = 0; r < order.length; r++) {
      for (let w = weights[order[r]!]!; w > 0; w--) drawn[end++] = sorted[r]!;
    }
    return entropyOfSorted(drawn.subarray(0, end), "ebrahimi") + shift(weights);
  };
}
