import {
  checkLabels,
  checkLogits,
  DomainError,
  type FloatArray,
  type IntegerArray,
  type Shape,
} from "@sd/math";
import { predictionsInto } from "@sd/math/kernels";
import type { CalibrationAccumulatorOptions, CalibrationKernels } from "./accumulator-options.ts";
import {
  addToBins,
  type BinSums,
  eceOf,
  emptyBins,
  mceOf,
  type ReliabilityBin,
  reliabilityOf,
  rmsceOf,
} from "./bin-sums.ts";
import { checkBins, DEFAULT_BINS } from "./calibration.ts";
import { type DebiasedCalibration, debiasedOf } from "./debiased.ts";
import { equalMassOfGrid, riskCoverageOfGrid, rocAreaOfGrid, smoothErrorOfGrid } from "./grid.ts";
import type { Predictions } from "./predictions.ts";
import type { RiskCoverage } from "./risk-coverage.ts";

/** 2⁵ · 3² · 5²: a multiple of every usual number of bins. */
const CELLS = 7200;

/** Rows that are looked at together: at most so many, of at most so many logits. */
const BLOCK = 1024;
const BLOCK_SIZE = 2 ** 17;

/** What {@link CalibrationAccumulator.toJSON} gives: the cells that hold rows. */
export interface CalibrationAccumulatorJson {
  readonly cells: 7200;
  /** Cell, rows, sum of confidences, correct rows. */
  readonly filled: readonly (readonly [number, number, number, number])[];
}

const isFilled = (entry: readonly number[]): boolean => {
  const [cell, count, confidence, correct] = entry;
  const counts = [cell, count, correct].every((x) => Number.isSafeInteger(x) && x! >= 0);
  return counts && cell! < CELLS && correct! <= count! && Number.isFinite(confidence);
};

/**
 * Calibration of a stream of rows: sums on a grid of 7200 confidence cells, mergeable across
 * processes.
 *
 * Gives what the one-shot functions give for every number of bins that divides 7200, counts exactly
 * and sums up to rounding. Metrics that need the order of the rows are approximations and named so.
 *
 * @example
 * ```ts
 * import { CalibrationAccumulator } from "@sd/metrics";
 *
 * const [first, second] = [new CalibrationAccumulator(), new CalibrationAccumulator()];
 * first.update(Float32Array.of(2, 0), Int32Array.of(0), [1, 2]);
 * second.update(Float32Array.of(0, 2), Int32Array.of(0), [1, 2]);
 * first.merge(second);
 * console.log(first.count, first.accuracy(), first.expectedCalibrationError().toFixed(4)); // 2 0.5 0.3808
 * ```
 */
export class CalibrationAccumulator {
  readonly #sums: BinSums = emptyBins(CELLS);
  readonly #block: Predictions = {
    confidence: new Float64Array(BLOCK),
    correct: new Uint8Array(BLOCK),
  };
  readonly #kernels: CalibrationKernels;

  /** An accumulator that has seen no row. */
  constructor({ kernels = { predictionsInto } }: CalibrationAccumulatorOptions = {}) {
    this.#kernels = kernels;
  }

  /** Rows so far. */
  get count(): number {
    return this.#sums.count.reduce((a, b) => a + b, 0);
  }

  /**
   * Adds rows.
   *
   * @param logits - `[n, k]`.
   * @param labels - `[n]`.
   * @param shape - The last axis is the class axis.
   * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
   */
  update(logits: FloatArray, labels: IntegerArray, shape: Shape): void {
    const { n, k } = checkLogits("CalibrationAccumulator.update", logits, shape);
    checkLabels("CalibrationAccumulator.update", labels, n, k, shape);
    const { confidence, correct } = this.#block;
    // Block by block, so that memory does not grow with the rows of a call.
    const step = Math.max(1, Math.min(BLOCK, Math.floor(BLOCK_SIZE / k)));
    for (let start = 0; start < n; start += step) {
      const end = Math.min(n, start + step);
      const rows = logits.subarray(start * k, end * k);
      const own = labels.subarray(start, end);
      this.#kernels.predictionsInto(confidence, correct, rows, own, end - start, k);
      addToBins(this.#sums, confidence.subarray(0, end - start), correct);
    }
  }

  /** Adds what another accumulator has seen. */
  merge(other: CalibrationAccumulator): void {
    for (const name of ["count", "confidence", "correct"] as const) {
      for (let cell = 0; cell < CELLS; cell++) this.#sums[name][cell]! += other.#sums[name][cell]!;
    }
  }

  /** The share of correct rows; NaN for none. */
  accuracy(): number {
    return this.#sums.correct.reduce((a, b) => a + b, 0) / this.count;
  }

  /** The mean of the largest probabilities; NaN for no row. */
  meanConfidence(): number {
    return this.#sums.confidence.reduce((a, b) => a + b, 0) / this.count;
  }

  /** @param bins - A divisor of 7200. */
  expectedCalibrationError(bins: number = DEFAULT_BINS): number {
    return eceOf(this.#coarse(bins));
  }

  /** @param bins - A divisor of 7200. */
  rootMeanSquareCalibrationError(bins: number = DEFAULT_BINS): number {
    return rmsceOf(this.#coarse(bins));
  }

  /** @param bins - A divisor of 7200. */
  maximumCalibrationError(bins: number = DEFAULT_BINS): number {
    return mceOf(this.#coarse(bins));
  }

  /** @param bins - A divisor of 7200. */
  debiasedCalibrationError(bins: number = DEFAULT_BINS): DebiasedCalibration {
    return debiasedOf(this.#coarse(bins));
  }

  /** @param bins - A divisor of 7200. */
  reliabilityDiagram(bins: number = DEFAULT_BINS): ReliabilityBin[] {
    return reliabilityOf(this.#coarse(bins));
  }

  /**
   * Close to `equalMassCalibrationError` of the rows: those of a cell stay together, at its mean.
   *
   * @param bins - Any number of at least 1.
   */
  approximateEqualMassCalibrationError(bins: number = DEFAULT_BINS): number {
    return equalMassOfGrid(this.#sums, checkBins("CalibrationAccumulator", bins));
  }

  /** Close to `smoothCalibrationError` of the rows, in a time that does not depend on their number. */
  approximateSmoothCalibrationError(): number {
    return smoothErrorOfGrid(this.#sums);
  }

  /** Close to `riskCoverage` of the rows: those of a cell are taken for a tie. */
  approximateRiskCoverage(): RiskCoverage {
    return riskCoverageOfGrid(this.#sums);
  }

  /** Close to `areaUnderRoc` of confidences and right rows: those of a cell are taken for a tie. */
  approximateAreaUnderRoc(): number {
    return rocAreaOfGrid(this.#sums);
  }

  /** The cells that hold rows, as plain JSON. */
  toJSON(): CalibrationAccumulatorJson {
    const { count, confidence, correct } = this.#sums;
    const filled = Array.from(count.keys())
      .filter((cell) => count[cell]! > 0)
      .map((cell) => [cell, count[cell]!, confidence[cell]!, correct[cell]!] as const);
    return { cells: CELLS, filled };
  }

  /**
   * The accumulator that {@link CalibrationAccumulator.toJSON} was asked of.
   *
   * @param options - As of the constructor; they are no part of the JSON.
   * @throws {@link DomainError} if it is no such object.
   */
  static fromJSON(
    json: CalibrationAccumulatorJson,
    options?: CalibrationAccumulatorOptions,
  ): CalibrationAccumulator {
    if (json.cells !== CELLS || !json.filled.every(isFilled)) {
      const expectation = `to hold sums on ${CELLS} cells`;
      throw new DomainError("CalibrationAccumulator.fromJSON", "json", expectation);
    }
    const accumulator = new CalibrationAccumulator(options);
    for (const [cell, count, confidence, correct] of json.filled) {
      accumulator.#sums.count[cell] = count;
      accumulator.#sums.confidence[cell] = confidence;
      accumulator.#sums.correct[cell] = correct;
    }
    return accumulator;
  }

  #coarse(bins: number): BinSums {
    if (!Number.isInteger(bins) || bins < 1 || CELLS % bins !== 0) {
      throw new DomainError("CalibrationAccumulator", "bins", `to divide ${CELLS}, got ${bins}`);
    }
    const sums = emptyBins(bins);
    const width = CELLS / bins;
    for (const name of ["count", "confidence", "correct"] as const) {
      this.#sums[name].forEach((value, cell) => {
        sums[name][Math.floor(cell / width)]! += value;
      });
    }
    return sums;
  }
}
