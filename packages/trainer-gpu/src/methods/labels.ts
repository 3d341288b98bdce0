import { type Labels, smoothedTargets } from "@sd/priors";
import type { MethodBatch } from "./method.ts";

/** The labels that targets are made of: the soft ones where there are any. */
export const labelsOf = ({ labels, labelTargets }: MethodBatch): Labels => labelTargets ?? labels;

/** The labels as targets `[m, k]`: one-hot, or the soft ones. */
export function labelRows(batch: MethodBatch): Float32Array {
  const { shape } = batch;
  const out = new Float32Array(shape[0] * shape[1]);
  const noPrior = new Float32Array(out.length);
  return smoothedTargets(noPrior, labelsOf(batch), shape, { out }).targets;
}
