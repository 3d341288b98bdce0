// A few numbers per test image, from which every metric that is compared follows.
import { applyTemperature, type WeightedStatistic, weightedMean } from "@sd/metrics";
import type { Predictions } from "@sd/runs";

/** Values of each row, all `[n]`. */
export interface RowValues {
  readonly predicted: Int32Array;
  /** 1 where the first largest logit is the label's. */
  readonly correct: Uint8Array;
  /** The largest probability. */
  readonly confidence: Float64Array;
  /** The label's probability. */
  readonly target: Float64Array;
  /** −log p of the label, nats. */
  readonly loss: Float64Array;
  /** Σ_c (p_c − 1[y])². */
  readonly brier: Float64Array;
}

/**
 * The values of each row at a temperature; what is predicted follows from the logits as they are.
 *
 * @param temperature - In [0, Infinity]. @defaultValue 1
 */
export function rowValues({ logits, labels, shape }: Predictions, temperature = 1): RowValues {
  const [n, k] = shape;
  const scaled = temperature === 1 ? logits : applyTemperature(logits, shape, temperature);
  const rows: RowValues = {
    predicted: new Int32Array(n),
    correct: new Uint8Array(n),
    confidence: new Float64Array(n),
    target: new Float64Array(n),
    loss: new Float64Array(n),
    brier: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    let [best, max] = [0, -Infinity];
    for (let c = 0; c < k; c++) {
      if (logits[i * k + c]! > logits[i * k + best]!) best = c;
      max = Math.max(max, scaled[i * k + c]!);
    }
    let [total, squares] = [0, 0];
    for (let c = 0; c < k; c++) {
      const e = Math.exp(scaled[i * k + c]! - max);
      total += e;
      squares += e * e;
    }
    const behind = max - scaled[i * k + labels[i]!]!;
    const p = Math.exp(-behind) / total;
    rows.predicted[i] = best;
    rows.correct[i] = best === labels[i] ? 1 : 0;
    rows.confidence[i] = 1 / total;
    rows.target[i] = p;
    rows.loss[i] = behind + Math.log(total);
    rows.brier[i] = (1 - p) ** 2 + Math.max(0, squares / total ** 2 - p * p);
  }
  return rows;
}

/** The bin `(lower, upper]` of equal width that each confidence lies in, from 0. */
export const binsOf = (confidence: Float64Array, bins: number): Int32Array =>
  Int32Array.from(confidence, (c) => {
    let bin = Math.min(bins, Math.max(1, Math.ceil(c * bins)));
    // The edges are i/bins as floating point has them, which the product may miss by an ulp.
    if (bin > 1 && c <= (bin - 1) / bins) bin--;
    else if (bin < bins && c > bin / bins) bin++;
    return bin - 1;
  });

/** The expected calibration error of weighted rows. */
export function weightedCalibration(
  { confidence, correct }: RowValues,
  bins: number,
): WeightedStatistic {
  const bin = binsOf(confidence, bins);
  const sums = new Float64Array(bins);
  return (weights) => {
    sums.fill(0);
    let count = 0;
    for (let i = 0; i < weights.length; i++) {
      sums[bin[i]!]! += weights[i]! * (confidence[i]! - correct[i]!);
      count += weights[i]!;
    }
    return sums.reduce((total, sum) => total + Math.abs(sum), 0) / count;
  };
}

/** Rows from the most confident down. */
export const byConfidence = (confidence: Float64Array): Int32Array =>
  Int32Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]! || a - b);

/** The area under the risk–coverage curve of weighted rows, expected over the orders of ties. */
export function weightedRiskArea({ confidence, correct }: RowValues): WeightedStatistic {
  const order = byConfidence(confidence);
  return (weights) => {
    let [n, errors, sum] = [0, 0, 0];
    for (let start = 0; start < order.length; ) {
      let [rows, wrong, end] = [0, 0, start];
      do {
        const weight = weights[order[end]!]!;
        rows += weight;
        if (!correct[order[end]!]) wrong += weight;
        end++;
      } while (end < order.length && confidence[order[end]!] === confidence[order[start]!]);
      for (let j = 1; j <= rows; j++) sum += (errors + (wrong * j) / rows) / (n + j);
      n += rows;
      errors += wrong;
      start = end;
    }
    return sum / n;
  };
}

/** The metrics that are compared with the baseline's, as functions of weighted rows. */
export function weightedMetrics(
  plain: RowValues,
  scaled: RowValues | undefined,
  bins: number,
): Record<string, WeightedStatistic> {
  return {
    accuracy: weightedMean(plain.correct),
    nll: weightedMean(plain.loss),
    ...(scaled ? { nllScaled: weightedMean(scaled.loss) } : {}),
    brier: weightedMean(plain.brier),
    ece: weightedCalibration(plain, bins),
    ...(scaled ? { eceScaled: weightedCalibration(scaled, bins) } : {}),
    aurc: weightedRiskArea(plain),
  };
}
