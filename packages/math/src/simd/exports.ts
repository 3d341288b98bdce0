// What the WebAssembly module exports (assembly/kernels.ts). Arguments that are not n, k, a
// weight, a temperature or a flag are addresses.
import type { WasmMemory } from "./web-assembly.ts";

type MatrixKernel = (
  logits: number,
  row: number,
  n: number,
  k: number,
  temperature: number,
) => void;

type ReducingKernel = (
  values: number,
  logits: number,
  row: number,
  n: number,
  k: number,
  temperature: number,
) => void;

export interface KernelExports {
  readonly memory: WasmMemory;
  /** The first address that is free. */
  readonly heapBase: () => number;
  readonly softmax: MatrixKernel;
  readonly logSoftmax: MatrixKernel;
  readonly logSumExp: ReducingKernel;
  readonly softmaxEntropy: ReducingKernel;
  readonly softmaxCrossEntropy: (
    values: number,
    logits: number,
    labels: number,
    weights: number,
    scales: number,
    row: number,
    n: number,
    k: number,
    withGrad: number,
  ) => void;
  readonly softTargetCrossEntropy: (
    values: number,
    logits: number,
    targets: number,
    weights: number,
    scales: number,
    row: number,
    targetRow: number,
    n: number,
    k: number,
    withGrad: number,
  ) => void;
  readonly teacherCrossEntropy: (
    values: number,
    logits: number,
    labels: number,
    teacherLogits: number,
    weights: number,
    scales: number,
    row: number,
    teacherRow: number,
    n: number,
    k: number,
    hardWeight: number,
    temperature: number,
    withGrad: number,
  ) => void;
  /** Whether the prediction is right lies where the label was. */
  readonly predictions: (
    values: number,
    logits: number,
    labels: number,
    row: number,
    n: number,
    k: number,
  ) => void;
  readonly klDivergence: (
    values: number,
    logU: number,
    logV: number,
    rowU: number,
    rowV: number,
    n: number,
    k: number,
  ) => void;
}
