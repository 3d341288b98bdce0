// The twin of ../kernels/divergence.ts.
import * as plain from "../kernels/divergence.ts";
import type { KernelExports } from "./exports.ts";
import { suits } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

/** Kullback–Leibler divergence; log v lies where the cross-entropies have their targets. */
export function klDivergenceTwin(
  wasm: KernelExports,
  workspace: Workspace,
  minimumSize: number,
): typeof plain.klDivergenceInto {
  return (out, logU, logV, n, k) => {
    if (!(logV instanceof Float32Array) || !suits(minimumSize, n, k, out, logU)) {
      plain.klDivergenceInto(out, logU, logV, n, k);
      return;
    }
    workspace.reserve(n, k);
    workspace.putLogits(logU);
    workspace.putTargets(logV);
    wasm.klDivergence(
      workspace.values,
      workspace.logits,
      workspace.targets,
      workspace.row,
      workspace.secondRow,
      n,
      k,
    );
    workspace.takeValues(out);
  };
}
