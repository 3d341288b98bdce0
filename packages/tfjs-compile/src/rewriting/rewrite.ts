import type { GraphVariable } from "../graph.ts";
import type { Recording } from "../recording.ts";
import { lowerAdam } from "./adam.ts";
import { lowerBiasGradients } from "./bias-gradient.ts";
import { Draft } from "./draft.ts";
import { lowerPadding } from "./explicit-padding.ts";
import { foldBatchNorms } from "./folded-batch-norm.ts";
import { dropReshapes } from "./identity-reshape.ts";
import { joinBatchNorms } from "./joined-batch-norm.ts";
import { lowerMatrixProducts } from "./matrix-product.ts";
import { lowerMomentum } from "./momentum.ts";
import { lowerMovingAverages } from "./moving-average.ts";
import { separateRelus } from "./separate-relu.ts";

/**
 * A recording in which what tfjs composes is TensorFlow's own operation, where it has one, or one of
 * the operations `more` that were added to it.
 */
export function rewrite(
  recording: Recording,
  variables: readonly GraphVariable[],
  more: ReadonlySet<string> = new Set(),
): Recording {
  const draft = new Draft(recording, variables);
  dropReshapes(draft);
  lowerBiasGradients(draft);
  lowerMatrixProducts(draft);
  if (more.has("SdBatchNorm")) joinBatchNorms(draft);
  separateRelus(draft);
  foldBatchNorms(draft);
  lowerPadding(draft);
  lowerMomentum(draft);
  lowerAdam(draft);
  // What the others have taken are no assignments any more.
  lowerMovingAverages(draft);
  return draft.finish();
}
