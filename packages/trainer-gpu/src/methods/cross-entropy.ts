import { smoothedTargets } from "@sd/priors";
import type { Method } from "./method.ts";

/** Plain training on the labels: no prior, the target is the label. */
export function crossEntropy(): Method {
  return {
    name: "cross-entropy",
    label: "cross-entropy",
    options: {},
    signals: [],
    targets({ labels, shape }) {
      const out = new Float32Array(shape[0] * shape[1]);
      return {
        targets: smoothedTargets(new Float32Array(out.length), labels, shape, { out }).targets,
      };
    },
  };
}
