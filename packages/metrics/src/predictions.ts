// The predicted class of each row: how sure it is and whether it is right. All that calibration needs.
import { checkLabels, checkLogits, type FloatArray, type IntegerArray, type Shape } from "@sd/math";
import { predictionsInto } from "@sd/math/kernels";
import { applyTemperature } from "./apply-temperature.ts";
import { checkTemperature, correctRows, type ScoreOptions } from "./rows.ts";

/** Per-row values, each `[n]`. */
export interface Predictions {
  /** Largest probability. */
  readonly confidence: Float64Array;
  /** 1 if the first largest logit is the label's. */
  readonly correct: Uint8Array;
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
  const { confidence, correct } = predictions;
  if (temperature === 1) {
    predictionsInto(confidence, correct, logits, labels, n, k);
  } else {
    const scaled = applyTemperature(logits, shape, temperature);
    predictionsInto(confidence, correct, scaled, labels, n, k);
    // A division may make two logits equal: the prediction is always that of the unscaled ones.
    correct.set(correctRows(logits, labels, n, k));
  }
  return predictions;
}
