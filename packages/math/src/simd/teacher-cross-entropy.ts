// The twin of ../kernels/teacher-cross-entropy.ts.
import type { softmaxCrossEntropyInto } from "../kernels/cross-entropy.ts";
import * as plain from "../kernels/teacher-cross-entropy.ts";
import type { FloatArray, IntegerArray } from "../types.ts";
import type { KernelExports } from "./exports.ts";
import { isFloat32OrNull, isInvertible, suits } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The loss of distillation; the teacher's logits lie where the cross-entropies have their targets.
 *
 * @param crossEntropy - The twin for what is left where the label has all the weight.
 */
export function teacherCrossEntropyTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
  crossEntropy: typeof softmaxCrossEntropyInto,
): typeof plain.teacherCrossEntropyInto {
  return (
    out: FloatArray,
    gradOut: FloatArray | null,
    logits: FloatArray,
    labels: IntegerArray,
    teacherLogits: FloatArray,
    n: number,
    k: number,
    hardWeight: number,
    temperature: number,
    weights: FloatArray | null = null,
    cotangent: FloatArray | null = null,
  ): void => {
    if (hardWeight === 1) {
      crossEntropy(out, gradOut, logits, labels, n, k, weights, cotangent);
      return;
    }
    const float32 = teacherLogits instanceof Float32Array && isFloat32OrNull(gradOut);
    if (!float32 || !suits(minimumSize, n, k, out, logits) || !isInvertible(temperature)) {
      plain.teacherCrossEntropyInto(
        out,
        gradOut,
        logits,
        labels,
        teacherLogits,
        n,
        k,
        hardWeight,
        temperature,
        weights,
        cotangent,
      );
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logits);
    workspace.putTargets(teacherLogits);
    if (hardWeight !== 0) workspace.putLabels(labels);
    workspace.putWeights(weights, cotangent);
    wasm.teacherCrossEntropy(
      workspace.values,
      workspace.logits,
      workspace.labels,
      workspace.targets,
      workspace.weights,
      workspace.scales,
      workspace.row,
      workspace.secondRow,
      n,
      k,
      hardWeight,
      temperature,
      gradOut === null ? 0 : 1,
    );
    workspace.takeValues(out);
    if (gradOut !== null) workspace.takeMatrix(gradOut);
  };
}
