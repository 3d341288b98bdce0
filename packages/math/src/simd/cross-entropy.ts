// The twins of ../kernels/cross-entropy.ts.
import * as plain from "../kernels/cross-entropy.ts";
import type { KernelExports } from "./exports.ts";
import { isFloat32OrNull, suits } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

/** Cross-entropy with integer labels. */
export function softmaxCrossEntropyTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
): typeof plain.softmaxCrossEntropyInto {
  return (out, gradOut, logits, labels, n, k, weights = null, cotangent = null) => {
    if (!isFloat32OrNull(gradOut) || !suits(minimumSize, n, k, out, logits)) {
      plain.softmaxCrossEntropyInto(out, gradOut, logits, labels, n, k, weights, cotangent);
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logits);
    workspace.putLabels(labels);
    workspace.putWeights(weights, cotangent);
    wasm.softmaxCrossEntropy(
      workspace.values,
      workspace.logits,
      workspace.labels,
      workspace.weights,
      workspace.scales,
      workspace.row,
      n,
      k,
      gradOut === null ? 0 : 1,
    );
    workspace.takeValues(out);
    if (gradOut !== null) workspace.takeMatrix(gradOut);
  };
}

/** Cross-entropy with soft targets. */
export function softTargetCrossEntropyTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
): typeof plain.softTargetCrossEntropyInto {
  return (out, gradOut, logits, targets, n, k, weights = null, cotangent = null) => {
    const float32 = targets instanceof Float32Array && isFloat32OrNull(gradOut);
    if (!float32 || !suits(minimumSize, n, k, out, logits)) {
      plain.softTargetCrossEntropyInto(out, gradOut, logits, targets, n, k, weights, cotangent);
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logits);
    workspace.putTargets(targets);
    workspace.putWeights(weights, cotangent);
    wasm.softTargetCrossEntropy(
      workspace.values,
      workspace.logits,
      workspace.targets,
      workspace.weights,
      workspace.scales,
      workspace.row,
      workspace.secondRow,
      n,
      k,
      gradOut === null ? 0 : 1,
    );
    workspace.takeValues(out);
    if (gradOut !== null) workspace.takeMatrix(gradOut);
  };
}
