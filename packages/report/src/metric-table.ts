/** One column of the results. */
export interface MetricDefinition {
  readonly name: MetricName;
  readonly label: string;
  /** What it means, in a few words. */
  readonly meaning: string;
  /** Which way is better; null where neither is. */
  readonly better: "higher" | "lower" | null;
  readonly unit: "percent" | "plain" | "count" | "seconds";
  /** Digits after the point. */
  readonly digits: number;
}

export type MetricName =
  | "accuracy"
  | "nll"
  | "nllScaled"
  | "brier"
  | "ece"
  | "eceFloor"
  | "eceScaled"
  | "eceFloorScaled"
  | "aurc"
  | "predictiveUncertainty"
  | "confidenceDiversity"
  | "confidenceVariance"
  | "imagesPerSecond"
  | "trainingTime";

/** The columns of the results, in order. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: "accuracy",
    label: "accuracy",
    meaning: "share of test images whose most probable class is the label",
    better: "higher",
    unit: "percent",
    digits: 2,
  },
  {
    name: "nll",
    label: "NLL",
    meaning: "mean negative log-likelihood of the label, in nats",
    better: "lower",
    unit: "plain",
    digits: 3,
  },
  {
    name: "nllScaled",
    label: "NLL, scaled",
    meaning: "the same after temperature scaling fitted on validation data",
    better: "lower",
    unit: "plain",
    digits: 3,
  },
  {
    name: "brier",
    label: "Brier",
    meaning: "mean squared distance of the probabilities from the label, summed over classes",
    better: "lower",
    unit: "plain",
    digits: 3,
  },
  {
    name: "ece",
    label: "ECE",
    meaning: "expected calibration error of the predicted class, bins of equal width",
    better: "lower",
    unit: "plain",
    digits: 4,
  },
  {
    name: "eceFloor",
    label: "ECE floor",
    meaning:
      "95 % quantile of the ECE that a perfectly calibrated network with these confidences would show on so many images",
    better: null,
    unit: "plain",
    digits: 4,
  },
  {
    name: "eceScaled",
    label: "ECE, scaled",
    meaning: "ECE after temperature scaling fitted on validation data",
    better: "lower",
    unit: "plain",
    digits: 4,
  },
  {
    name: "eceFloorScaled",
    label: "ECE floor, scaled",
    meaning: "the floor of the scaled confidences",
    better: null,
    unit: "plain",
    digits: 4,
  },
  {
    name: "aurc",
    label: "AURC",
    meaning:
      "area under the risk–coverage curve: the error rate among the most confident images, averaged over how many are kept",
    better: "lower",
    unit: "plain",
    digits: 4,
  },
  {
    name: "predictiveUncertainty",
    label: "predictive uncertainty",
    meaning: "mean entropy of the predicted distributions, in nats",
    better: null,
    unit: "plain",
    digits: 3,
  },
  {
    name: "confidenceDiversity",
    label: "confidence diversity",
    meaning: "differential entropy of the probability of the true class, in nats",
    better: null,
    unit: "plain",
    digits: 3,
  },
  {
    name: "confidenceVariance",
    label: "confidence variance",
    meaning: "variance of the probability of the true class",
    better: null,
    unit: "plain",
    digits: 4,
  },
  {
    name: "imagesPerSecond",
    label: "images/s",
    meaning: "training speed, median over the epochs after the first",
    better: null,
    unit: "count",
    digits: 0,
  },
  {
    name: "trainingTime",
    label: "training time",
    meaning: "seconds of training and validation, all epochs together",
    better: null,
    unit: "seconds",
    digits: 1,
  },
];

/** The metrics that have a better side: these are compared with the baseline's. */
export const COMPARED: readonly MetricDefinition[] = METRICS.filter(
  ({ better }) => better !== null,
);
