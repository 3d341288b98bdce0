// The twins of ../kernels/softmax.ts.
import * as plain from "../kernels/softmax.ts";
import type { KernelExports } from "./exports.ts";
import { isInvertible, suits } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

type MatrixInto = typeof plain.softmaxInto;
type ReductionInto = typeof plain.logSumExpInto;

/** A kernel that leaves a matrix, `name` in the module. */
export function matrixTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
  name: "softmax" | "logSoftmax",
): MatrixInto {
  const kernel = wasm[name];
  const fallback = name === "softmax" ? plain.softmaxInto : plain.logSoftmaxInto;
  return (out, logits, n, k, temperature = 1) => {
    if (!suits(minimumSize, n, k, out, logits) || !isInvertible(temperature)) {
      fallback(out, logits, n, k, temperature);
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logits);
    kernel(workspace.logits, workspace.row, n, k, temperature);
    workspace.takeMatrix(out);
  };
}

/** A kernel that leaves a number a row, `name` in the module. */
export function reductionTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
  name: "logSumExp" | "softmaxEntropy",
): ReductionInto {
  const kernel = wasm[name];
  const fallback = name === "logSumExp" ? plain.logSumExpInto : plain.softmaxEntropyInto;
  return (out, logits, n, k, temperature = 1) => {
    if (!suits(minimumSize, n, k, out, logits) || !isInvertible(temperature)) {
      fallback(out, logits, n, k, temperature);
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logits);
    kernel(workspace.values, workspace.logits, workspace.row, n, k, temperature);
    workspace.takeValues(out);
  };
}
