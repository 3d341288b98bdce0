import {
  checkLabels,
  checkLogits,
  DomainError,
  type FloatArray,
  type IntegerArray,
  mean,
  type Shape,
  sum,
} from "@sd/math";
import { rowMax } from "@sd/math/kernels";
import { negativeLogLikelihood } from "./scores.ts";

/** A temperature that was fitted to data. */
export interface FittedTemperature {
  /** T, in [0, Infinity]; the ends where no interior optimum exists. NaN for no row. */
  readonly temperature: number;
  /** Mean negative log-likelihood at T on the data of the fit, its limit at the ends. */
  readonly negativeLogLikelihood: number;
  /** Whether T is an interior optimum, 0 or Infinity. */
  readonly kind: "interior" | "zero" | "infinite";
}

interface Slope {
  readonly value: number;
  readonly derivative: number;
}

/** d NLL/dβ at β = 1/T and its derivative, means over rows: E_p f − f_y and Var_p f. */
function slopeAt(
  beta: number,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
): Slope {
  let value = 0;
  let derivative = 0;
  for (let i = 0; i < n; i++) {
    const max = rowMax(logits, i, k);
    let [total, first, second] = [0, 0, 0];
    for (let j = i * k; j < (i + 1) * k; j++) {
      const d = logits[j]! - max;
      // A masked class has no probability at any temperature.
      if (d === -Infinity) continue;
      const e = Math.exp(beta * d);
      total += e;
      first += e * d;
      second += e * d * d;
    }
    const mean = first / total;
    value += mean - (logits[i * k + labels[i]!]! - max);
    derivative += second / total - mean * mean;
  }
  return { value: value / n, derivative: derivative / n };
}

/** Below this the differences of a row are too few bits for a temperature to bring out. */
const SMALLEST_SPREAD = 2 ** -960;
/** Beyond this only differences near the smallest double decide, and 1/β nears the end of its range. */
const LARGEST_BETA = 2 ** 1000;

/** The largest difference within a row; masked classes apart. */
function spreadOf(logits: FloatArray, n: number, k: number): number {
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const max = rowMax(logits, i, k);
    for (let j = i * k; j < (i + 1) * k; j++) {
      const d = max - logits[j]!;
      if (d < Infinity && d > spread) spread = d;
    }
  }
  return spread;
}

/** Whether Σ_i (mean_c f_ic − f_iy) ≥ 0, as far as rounding can tell. */
function startsUphill(logits: FloatArray, labels: IntegerArray, n: number, k: number): boolean {
  const terms = Float64Array.from({ length: n }, (_, i) => {
    const row = logits.subarray(i * k, (i + 1) * k);
    const own = row[labels[i]!]!;
    const differences = Float64Array.from(row, (f) => f - own).filter((d) => d > -Infinity);
    return mean(differences);
  });
  const scale = sum(terms.map(Math.abs));
  return sum(terms) >= -4 * Number.EPSILON * scale;
}

/** The root of a non-decreasing slope that is negative at 0: Newton's steps, kept in a bracket. */
function findRoot(slope: (beta: number) => Slope, start: number): number {
  let [low, high] = [0, start];
  while (high < LARGEST_BETA && slope(high).value < 0) [low, high] = [high, 2 * high];
  if (high >= LARGEST_BETA) return high;
  let beta = (low + high) / 2;
  for (let step = 0; step < 200 && high - low > 4 * Number.EPSILON * high; step++) {
    const { value, derivative } = slope(beta);
    if (value === 0) break;
    if (value < 0) low = beta;
    else high = beta;
    const newton = beta - value / derivative;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    // Newton converges from one side; once it stands still the other bound no longer matters.
    if (Math.abs(next - beta) <= 2 * Number.EPSILON * beta) return next;
    beta = next;
  }
  return beta;
}

const allRows = (n: number, holds: (i: number) => boolean): boolean => {
  for (let i = 0; i < n; i++) if (!holds(i)) return false;
  return true;
};

/**
 * Temperature scaling: the T that minimises the mean negative log-likelihood of `softmax(f/T)`.
 *
 * With β = 1/T the slope `g(β) = mean(Σ_c p_c(βf) f_c − f_y)` never decreases. g(0) ≥ 0, up to
 * rounding, gives T = Infinity (also for constant logits, where every T ties); otherwise, if every label
 * is among its row's largest, T = 0; otherwise T is the root, to a few units in the last place.
 *
 * @param logits - `[n, k]`, of validation data.
 * @param labels - `[n]`.
 * @param shape - The last axis is the class axis.
 * @returns Temperature and likelihood.
 * @throws {@link DomainError} if a label is masked (logit −∞), or a logit is NaN or +∞;
 * {@link ShapeError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1706.04599
 *
 * @example
 * ```ts
 * import { fitTemperature } from "@sd/metrics";
 *
 * // Two of three right: the best probability is 2/3, a logit of log 2 instead of 4.
 * const logits = Float64Array.of(4, 0, 4, 0, 4, 0);
 * const { temperature } = fitTemperature(logits, Int32Array.of(0, 0, 1), [3, 2]);
 * console.log((4 / temperature).toFixed(12) === Math.LN2.toFixed(12)); // true
 * ```
 */
export function fitTemperature(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
): FittedTemperature {
  const { n, k } = checkLogits("fitTemperature", logits, shape);
  checkLabels("fitTemperature", labels, n, k, shape);
  const own = (i: number): number => logits[i * k + labels[i]!]!;
  if (logits.some((f) => Number.isNaN(f) || f === Infinity)) {
    throw new DomainError("fitTemperature", "logits", "to hold neither NaN nor +Infinity");
  }
  if (!allRows(n, (i) => own(i) > -Infinity)) {
    throw new DomainError("fitTemperature", "logits", "to be above -Infinity at every label");
  }
  const finish = (temperature: number, kind: FittedTemperature["kind"]): FittedTemperature => ({
    temperature,
    negativeLogLikelihood: negativeLogLikelihood(logits, labels, shape, { temperature }),
    kind,
  });
  if (n === 0) {
    return { temperature: Number.NaN, negativeLogLikelihood: Number.NaN, kind: "interior" };
  }
  const spread = spreadOf(logits, n, k);
  if (spread < SMALLEST_SPREAD || startsUphill(logits, labels, n, k)) {
    return finish(Infinity, "infinite");
  }
  if (allRows(n, (i) => own(i) === rowMax(logits, i, k))) return finish(0, "zero");
  const beta = findRoot((at) => slopeAt(at, logits, labels, n, k), 1 / spread);
  return finish(1 / beta, "interior");
}
