import { checkNumber, softmax } from "@sd/math";
import { pastPredictionPrior, smoothedTargets } from "@sd/priors";
import { labelRows, labelsOf } from "./labels.ts";
import type { Method, MethodBatch } from "./method.ts";

/** How much past predictions count. */
export interface PastPredictionOptions {
  /** Their weight in the last epoch, in [0, 1); it grows linearly. @defaultValue 0.8 */
  readonly finalWeight?: number;
}

/** The latest prediction of every training row, and which rows have one. */
type PastPredictions = {
  /** `[n, k]`, probabilities. */
  readonly probs: Float32Array;
  /** `[n]`, 1 once a row was seen. */
  readonly seen: Uint8Array;
};

/** What was predicted for the batch's rows, `[m, k]`; the label where nothing was. */
function pastRows(batch: MethodBatch, { probs, seen }: PastPredictions): Float32Array {
  const [, k] = batch.shape;
  const rows = labelRows(batch);
  batch.indices.forEach((row, i) => {
    if (seen[row]) rows.set(probs.subarray(row * k, (row + 1) * k), i * k);
  });
  return rows;
}

/**
 * PS-KD: the student's own prediction of the epoch before is each row's soft label (arXiv 2006.12000).
 *
 * A row that the epoch before left out, because the last batch was not full, keeps the prediction it has. Predictions are of
 * the images as they were trained on: augmented, and mixed with others where images are mixed.
 */
export function pastPredictions({
  finalWeight = 0.8,
}: PastPredictionOptions = {}): Method<PastPredictions> {
  checkNumber("pastPredictions", "finalWeight", finalWeight, { min: 0, max: 1, belowMax: true });
  return {
    name: "past-predictions",
    label: "past predictions",
    options: { finalWeight },
    signals: [],
    init: ({ n, k }) => ({ probs: new Float32Array(n * k), seen: new Uint8Array(n) }),
    targets(batch, _, state) {
      const { shape, epoch, epochs } = batch;
      const labels = labelsOf(batch);
      const past = pastRows(batch, state);
      const excess = pastPredictionPrior(past, labels, shape, { epoch, epochs, finalWeight });
      return { targets: smoothedTargets(excess, labels, shape, { out: past }).targets };
    },
    observe({ indices, shape }, logits, { probs, seen }) {
      const [, k] = shape;
      const rows = softmax(logits, shape, { out: new Float32Array(logits.length) });
      indices.forEach((row, i) => {
        probs.set(rows.subarray(i * k, (i + 1) * k), row * k);
        seen[row] = 1;
      });
    },
  };
}
