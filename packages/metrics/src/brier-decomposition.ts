import {
  argmax,
  checkNumber,
  type FloatArray,
  type IntegerArray,
  type Shape,
  softmax,
} from "@sd/math";
import { binOf } from "./bin-sums.ts";
import { checkedRows, type RowStatistics } from "./rows.ts";

/** The parts of a Brier score: `reliability − resolution + uncertainty + within − 2 covariance`. */
export interface BrierDecomposition {
  /** Mean squared distance of a group's forecast from its outcome frequencies. */
  readonly reliability: number;
  /** Mean squared distance of a group's outcome frequencies from the base rates. */
  readonly resolution: number;
  /** The score of always forecasting the base rates. */
  readonly uncertainty: number;
  /** Variance of the forecasts within the groups. */
  readonly within: number;
  /** Covariance of forecast and outcome within the groups. */
  readonly covariance: number;
  /** The Brier score that the parts add up to. */
  readonly score: number;
}

/** Options of {@link brierDecomposition}. */
export interface BrierDecompositionOptions {
  /**
   * `topLabelBins`: the predicted class alone, confidence against right or wrong, in bins of equal
   * width. `predictedClass`: all classes, one group a predicted class. `distinct`: all classes, one
   * group a distinct forecast; on continuous outputs each row is alone, and resolution equals
   * uncertainty whatever the forecasts. @defaultValue "topLabelBins"
   */
  readonly partition?: "topLabelBins" | "predictedClass" | "distinct";
  /** Of `topLabelBins`. @defaultValue 10 */
  readonly bins?: number;
}

/** Forecasts and outcomes, `[n, d]`, and the group of each row. */
interface Forecasts {
  readonly n: number;
  readonly d: number;
  readonly forecast: Float64Array;
  readonly outcome: Float64Array;
  readonly group: readonly (number | string)[];
}

function meanRow(rows: readonly number[], values: Float64Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (const i of rows) for (let c = 0; c < d; c++) mean[c]! += values[i * d + c]! / rows.length;
  return mean;
}

function decompose(
  { n, d, forecast, outcome, group }: Forecasts,
  scalar: boolean,
): BrierDecomposition {
  const members = new Map<number | string, number[]>();
  group.forEach((key, i) => {
    const rows = members.get(key);
    if (rows) rows.push(i);
    else members.set(key, [i]);
  });
  const base = meanRow(
    Array.from({ length: n }, (_, i) => i),
    outcome,
    d,
  );
  let [reliability, resolution, within, covariance, score] = [0, 0, 0, 0, 0];
  for (const rows of members.values()) {
    const [p, o] = [meanRow(rows, forecast, d), meanRow(rows, outcome, d)];
    for (let c = 0; c < d; c++) {
      reliability += (rows.length / n) * (p[c]! - o[c]!) ** 2;
      resolution += (rows.length / n) * (o[c]! - base[c]!) ** 2;
      for (const i of rows) {
        const [f, y] = [forecast[i * d + c]!, outcome[i * d + c]!];
        within += (f - p[c]!) ** 2 / n;
        covariance += ((f - p[c]!) * (y - o[c]!)) / n;
        score += (f - y) ** 2 / n;
      }
    }
  }
  const squares = base.reduce((sum, o) => sum + o * o, 0);
  const uncertainty = scalar ? base[0]! * (1 - base[0]!) : 1 - squares;
  return { reliability, resolution, uncertainty, within, covariance, score };
}

function topLabel({ n, confidence, correct }: RowStatistics, bins: number): Forecasts {
  const group = Array.from(confidence, (c) => binOf(c, bins));
  return { n, d: 1, forecast: confidence, outcome: Float64Array.from(correct), group };
}

/**
 * Splits the Brier score into calibration, sharpness and what is left, exactly for any partition.
 *
 * @param logits - `[n, k]`.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @param options - `partition`, `bins`.
 * @returns The parts; `score` is that of confidence against correctness for `topLabelBins`, else
 * {@link brierScore}. NaN for no row.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 *
 * Reference: Murphy 1973, "A new vector partition of the probability score"; Stephenson et al. 2008
 * for the terms within groups.
 */
export function brierDecomposition(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  { partition = "topLabelBins", bins = 10 }: BrierDecompositionOptions = {},
): BrierDecomposition {
  checkNumber("brierDecomposition", "bins", bins, { min: 1, integer: true });
  const rows = checkedRows("brierDecomposition", logits, labels, shape);
  const { n, k } = rows;
  if (n === 0) {
    const none = Number.NaN;
    return {
      reliability: none,
      resolution: none,
      uncertainty: none,
      within: none,
      covariance: none,
      score: none,
    };
  }
  if (partition === "topLabelBins") return decompose(topLabel(rows, bins), true);
  const forecast = softmax(logits, shape);
  const outcome = Float64Array.from({ length: n * k }, (_, j) =>
    labels[Math.floor(j / k)] === j % k ? 1 : 0,
  );
  const group =
    partition === "predictedClass"
      ? [...argmax(logits, shape)]
      : Array.from({ length: n }, (_, i) => forecast.subarray(i * k, (i + 1) * k).join());
  return decompose({ n, d: k, forecast, outcome, group }, false);
}
