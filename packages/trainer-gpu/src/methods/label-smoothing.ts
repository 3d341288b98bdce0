import {
  betaFromEpsilon,
  epsilonAllFromOthers,
  labelSmoothingPrior,
  smoothedTargets,
} from "@sd/priors";
import { labelsOf } from "./labels.ts";
import type { Method } from "./method.ts";

/** How much smoothing, and over which classes. */
export interface LabelSmoothingOptions {
  /** The mass that is moved off the label. @defaultValue 0.1 */
  readonly epsilon?: number;
  /** Spread over `all` classes (PyTorch, Keras) or over the `others` only (the authors of beta smoothing). @defaultValue "all" */
  readonly spread?: "all" | "others";
}

/** Label smoothing: a uniform prior, the same for every example (arXiv 1512.00567). */
export function labelSmoothing({
  epsilon = 0.1,
  spread = "all",
}: LabelSmoothingOptions = {}): Method {
  return {
    name: "label-smoothing",
    label: "label smoothing",
    options: { epsilon, spread },
    signals: [],
    targets(batch) {
      const { shape } = batch;
      const [m, k] = shape;
      const overAll = spread === "all" ? epsilon : epsilonAllFromOthers(epsilon, k);
      const out = new Float32Array(m * k);
      const excess = labelSmoothingPrior(shape, { beta: betaFromEpsilon(overAll) });
      return { targets: smoothedTargets(excess, labelsOf(batch), shape, { out }).targets };
    },
  };
}
