// The predicted class of each row: how sure it is and whether it is right. All that calibration needs.
import { checkLabels, checkLogits, type FloatArray, type IntegerArray, type Shape } from "@sd/math";
import { rowSumExp } from "@sd/math/kernels";
import { applyTemperature } from "./apply-temperature.ts";
import { checkTemperature, correctRows, type ScoreOptions } from "./rows.ts";

/** Per-row values, each `[n]`. */
export interface Predictions {
  /** Largest probability. */
  readonly confidence: Float64Array;
  /** 1 if the first largest logit is the label's. */
  readonly correct: Uint8Array;
}

/** Fills confidence[i] = 1 / Σ_c exp(f_ic − max) and correct[i]; unchecked. */
export function predictionsInto(
  { confidence, correct }: Predictions,
  logits: FloatArray,
  labels: IntegerArray,
  n: number,
  k: number,
): void {
  for (let i = 0; i < n; i++) {
    const start = i * k;
    let max = -Infinity;
    let best = 0;
    for (let c = 0; c < k; c++) {
      const value = logits[start + c]!;
      if (value > max) {
        max = value;
        best = c;
      }
    }
    confidence[i] = 1 / rowSumExp(logits, i, k, max);
    correct[i] = best === labels[i] ? 1 : 0;
  }
}

/** Checks the arguments that calibration errors share and computes the predictions. */
export function checkedPredictions(
  functionName: string,
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
  { temperature = 1 }: ScoreOptions = {},
): Predictions {
  const { n, k } = checkLogits(functionName, logits, shape);
  checkLabels(functionName, labels, n, k, shape);
  checkTemperature(functionName, temperature);
  const predictions = { confidence: new Float64Array(n), correct: new Uint8Array(n) };
  if (temperature === 1) {
    predictionsInto(predictions, logits, labels, n, k);
  } else {
    predictionsInto(predictions, applyTemperature(logits, shape, temperature), labels, n, k);
    // A division may make two logits equal: the prediction is always that of the unscaled ones.
    predictions.correct.set(correctRows(logits, labels, n, k));
  }
  return predictions;
}
