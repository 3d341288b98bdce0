import { argmax, checkChoice, checkNumber } from "@sd/math";
import {
  addClassPredictions,
  classMeanPrior,
  classMeans,
  classMeanWeight,
  type FirstEpoch,
  smoothedTargets,
} from "@sd/priors";
import { labelsOf } from "./labels.ts";
import type { Method } from "./method.ts";

/** How much the class means count, and how training begins. */
export interface OnlineLabelSmoothingOptions {
  /** The mass of the prior; 1 weights label and soft label alike. @defaultValue 1 */
  readonly beta?: number;
  /** `crossEntropy`, or `paper`: cross-entropy divided by 1 + β, as the published code does. @defaultValue "crossEntropy" */
  readonly firstEpoch?: FirstEpoch;
}

/** The soft label of each class, and what the next ones are being made of. */
type ClassPredictions = {
  /** `[k, k]`, of the epoch before; zeros in the first. */
  readonly means: Float64Array;
  /** `[k, k]`, of this epoch so far. */
  readonly sums: Float64Array;
  /** `[k]`. */
  readonly counts: Float64Array;
};

/**
 * Online label smoothing: each class's mean prediction over the rows that were right in the epoch before is the soft label of
 * its rows (arXiv 2011.12562).
 *
 * A row with a soft label counts for the class that has most of it.
 */
export function onlineLabelSmoothing({
  beta = 1,
  firstEpoch = "crossEntropy",
}: OnlineLabelSmoothingOptions = {}): Method<ClassPredictions> {
  checkNumber("onlineLabelSmoothing", "beta", beta, { min: 0 });
  checkChoice("onlineLabelSmoothing", "firstEpoch", firstEpoch, ["crossEntropy", "paper"]);
  return {
    name: "online-label-smoothing",
    label: "online label smoothing",
    options: { beta, firstEpoch },
    signals: [],
    init: ({ k }) => ({
      means: new Float64Array(k * k),
      sums: new Float64Array(k * k),
      counts: new Float64Array(k),
    }),
    targets(batch, _, state) {
      const { shape, epoch } = batch;
      const [m, k] = shape;
      const means = epoch === 0 ? null : state.means;
      const labels = labelsOf(batch);
      const excess = classMeanPrior(means, labels, shape, { beta });
      const out = new Float32Array(m * k);
      const { targets } = smoothedTargets(excess, labels, shape, { out });
      const weight = classMeanWeight(means, { beta, firstEpoch });
      return weight === 1 ? { targets } : { targets, weights: new Float32Array(m).fill(weight) };
    },
    observe({ labels, labelTargets, shape }, logits, state) {
      const classes = labelTargets === undefined ? labels : argmax(labelTargets, shape);
      addClassPredictions(state, logits, classes, shape);
    },
    epochEnd(_, state) {
      classMeans(state, { out: state.means });
      state.sums.fill(0);
      state.counts.fill(0);
    },
  };
}
