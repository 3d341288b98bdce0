// The twin of ../kernels/predictions.ts.
import * as plain from "../kernels/predictions.ts";
import type { KernelExports } from "./exports.ts";
import { suitsInput } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

/** Confidences and whether the predictions are right, which lie where the labels were. */
export function predictionsTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
): typeof plain.predictionsInto {
  return (confidence, correct, logits, labels, n, k) => {
    if (!suitsInput(minimumSize, n, k, logits)) {
      plain.predictionsInto(confidence, correct, logits, labels, n, k);
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logits);
    workspace.putLabels(labels);
    wasm.predictions(workspace.values, workspace.logits, workspace.labels, workspace.row, n, k);
    workspace.takeValues(confidence);
    workspace.takeLabels(correct);
  };
}
