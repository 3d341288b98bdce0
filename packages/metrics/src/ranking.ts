import { checkFloats, type FloatArray, ShapeError } from "@sd/math";

/** Positives and negatives at each distinct score, from the highest score down. */
export interface ScoreLevel {
  readonly positives: number;
  readonly negatives: number;
}

function levelsOf(
  functionName: string,
  scores: FloatArray,
  positive: ArrayLike<number>,
): ScoreLevel[] {
  checkFloats(functionName, "scores", scores, scores.length, [scores.length]);
  if (positive.length !== scores.length) {
    const expectation = `to have length ${scores.length}, got ${positive.length}`;
    throw new ShapeError(functionName, "positive", expectation);
  }
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const levels: { positives: number; negatives: number }[] = [];
  order.forEach((row, rank) => {
    if (rank === 0 || scores[row] !== scores[order[rank - 1]!])
      levels.push({ positives: 0, negatives: 0 });
    if (positive[row]) levels.at(-1)!.positives++;
    else levels.at(-1)!.negatives++;
  });
  return levels;
}

const totalsOf = (levels: readonly ScoreLevel[]): ScoreLevel => ({
  positives: levels.reduce((sum, level) => sum + level.positives, 0),
  negatives: levels.reduce((sum, level) => sum + level.negatives, 0),
});

/** The area from levels of descending score. */
export function rocArea(levels: readonly ScoreLevel[]): number {
  const { positives, negatives } = totalsOf(levels);
  let above = 0;
  let wins = 0;
  for (const level of levels) {
    wins += level.negatives * (above + level.positives / 2);
    above += level.positives;
  }
  return wins / (positives * negatives);
}

/**
 * Area under the ROC curve, `P(s⁺ > s⁻) + ½ P(s⁺ = s⁻)`.
 *
 * For misclassification detection the scores are confidences and correct rows are positive; for
 * out-of-distribution detection in-distribution rows are positive.
 *
 * @param scores - `[n]`; NaN gives NaN.
 * @param positive - `[n]`, truthy where positive.
 * @returns In [0, 1]; NaN if one class is empty.
 * @throws {@link ShapeError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { areaUnderRoc } from "@sd/metrics";
 *
 * console.log(areaUnderRoc(Float64Array.of(0.9, 0.8, 0.8, 0.1), [1, 1, 0, 0])); // 0.875
 * ```
 */
export function areaUnderRoc(scores: FloatArray, positive: ArrayLike<number>): number {
  const levels = levelsOf("areaUnderRoc", scores, positive);
  return scores.some(Number.isNaN) ? Number.NaN : rocArea(levels);
}

/**
 * False positive rate at the highest threshold s for which the true positive rate of `score ≥ s` is
 * at least 95 %.
 *
 * @param scores - `[n]`; NaN gives NaN.
 * @param positive - `[n]`, truthy where positive.
 * @returns In [0, 1]; NaN if one class is empty.
 * @throws {@link ShapeError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1706.02690
 */
export function falsePositiveRateAt95(scores: FloatArray, positive: ArrayLike<number>): number {
  const levels = levelsOf("falsePositiveRateAt95", scores, positive);
  const { positives, negatives } = totalsOf(levels);
  if (positives === 0 || negatives === 0 || scores.some(Number.isNaN)) return Number.NaN;
  let [found, wrong] = [0, 0];
  for (const level of levels) {
    found += level.positives;
    wrong += level.negatives;
    // In integers: 0.95 is no float64.
    if (100 * found >= 95 * positives) break;
  }
  return wrong / negatives;
}
