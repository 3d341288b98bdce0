import { labelRows } from "./labels.ts";
import type { Method } from "./method.ts";

/** Plain training on the labels, be they hard or soft: no prior, the target is the label. */
export function crossEntropy(): Method {
  return {
    name: "cross-entropy",
    label: "cross-entropy",
    options: {},
    signals: [],
    targets: (batch) => ({ targets: labelRows(batch) }),
  };
}
