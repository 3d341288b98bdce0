// What a comparison compares, image by image, so that the same numbers give the value of a run and its bootstrap over images.
import { softmaxCrossEntropy } from "@sd/losses";
import { argmax, entropy, mean } from "@sd/math";
import { applyTemperature } from "@sd/metrics";
import type { Run } from "./runs.ts";

/** A metric that is a mean over images. */
export interface Measure {
  readonly name: string;
  /** What a difference is multiplied by before it is printed, and its digits. */
  readonly scale: number;
  readonly digits: number;
  readonly unit: string;
  /** `[n]` over the test images. */
  readonly rows: (run: Run) => Float64Array;
}

export const accuracy: Measure = {
  name: "accuracy",
  ...{ scale: 100, digits: 2, unit: "percentage points" },
  rows({ test: { logits, labels, shape } }) {
    const predicted = argmax(logits, shape);
    return Float64Array.from(labels, (label, i) => (predicted[i] === label ? 1 : 0));
  },
};

export const scaledNll: Measure = {
  name: "NLL after temperature scaling",
  ...{ scale: 1, digits: 4, unit: "nats" },
  rows: ({ test: { logits, labels, shape }, temperature }) =>
    softmaxCrossEntropy(applyTemperature(logits, shape, temperature), labels, shape),
};

export const uncertainty: Measure = {
  name: "predictive uncertainty",
  ...{ scale: 1, digits: 4, unit: "nats" },
  rows: ({ test: { logits, shape } }) => entropy(logits, shape),
};

/** The value of a run. */
export const valueIn = ({ rows }: Measure, run: Run): number => mean(rows(run));
