// Turns the inlined bytes into kernels.
import { decodeBase64 } from "./base64.ts";
import { KERNELS_BASE64 } from "./bytes.ts";
import { softmaxCrossEntropyTwin, softTargetCrossEntropyTwin } from "./cross-entropy.ts";
import { klDivergenceTwin } from "./divergence.ts";
import type { KernelExports } from "./exports.ts";
import { hasSimd } from "./feature.ts";
import type { SimdKernels } from "./kernels.ts";
import { SIMD_MINIMUM_SIZE } from "./limits.ts";
import { predictionsTwin } from "./predictions.ts";
import { matrixTwin, reductionTwin } from "./softmax.ts";
import { teacherCrossEntropyTwin } from "./teacher-cross-entropy.ts";
import { SimdUnavailableError } from "./unavailable.ts";
import { type WasmInstance, webAssembly } from "./web-assembly.ts";
import { Workspace } from "./workspace.ts";

async function instantiate(functionName: string): Promise<WasmInstance> {
  const api = webAssembly();
  if (api === undefined || !hasSimd()) {
    throw new SimdUnavailableError(functionName, "to have 128-bit SIMD, got an engine without");
  }
  // The compiler names its import so. V8 calls Math.log from WebAssembly without a detour.
  const imports = { env: { "Math.log": Math.log } };
  try {
    return (await api.instantiate(decodeBase64(KERNELS_BASE64), imports)).instance;
  } catch (cause) {
    throw new SimdUnavailableError(functionName, "to accept the kernels, got a refusal", cause);
  }
}

/** Kernels with a memory of their own, which take batches of `minimumSize` numbers and more. */
export async function createSimdKernels(
  functionName: string,
  minimumSize: number,
): Promise<SimdKernels> {
  const wasm = (await instantiate(functionName)).exports as KernelExports;
  const workspace = new Workspace(wasm.memory, wasm.heapBase());
  const crossEntropy = softmaxCrossEntropyTwin(wasm, workspace, minimumSize);
  return {
    softmaxInto: matrixTwin(wasm, workspace, minimumSize, "softmax"),
    logSoftmaxInto: matrixTwin(wasm, workspace, minimumSize, "logSoftmax"),
    logSumExpInto: reductionTwin(wasm, workspace, minimumSize, "logSumExp"),
    softmaxEntropyInto: reductionTwin(wasm, workspace, minimumSize, "softmaxEntropy"),
    softmaxCrossEntropyInto: crossEntropy,
    softTargetCrossEntropyInto: softTargetCrossEntropyTwin(wasm, workspace, minimumSize),
    teacherCrossEntropyInto: teacherCrossEntropyTwin(wasm, workspace, minimumSize, crossEntropy),
    predictionsInto: predictionsTwin(wasm, workspace, minimumSize),
    klDivergenceInto: klDivergenceTwin(wasm, workspace, minimumSize),
  };
}

let loading: Promise<SimdKernels> | undefined;

/**
 * The row kernels with two lanes of WebAssembly SIMD, instantiated at the first call.
 *
 * The bytes of the module are part of `@sd/math/simd`, so nothing is fetched; a bundle of
 * `@sd/math` alone does not carry them.
 *
 * @returns The same kernels at every call: see {@link SimdKernels} for what they promise.
 * @throws {@link SimdUnavailableError}, as a rejection, where {@link hasSimd} is false or the engine
 * refuses to compile the module (a content security policy without `wasm-unsafe-eval`).
 *
 * @example
 * ```ts
 * import { loadSimdKernels } from "@sd/math/simd";
 *
 * const { logSumExpInto } = await loadSimdKernels();
 * const rows = new Float32Array(128 * 10); // zeros
 * const out = new Float32Array(128);
 * logSumExpInto(out, rows, 128, 10);
 * console.log(out[127] === Math.fround(Math.log(10))); // true
 * ```
 */
export function loadSimdKernels(): Promise<SimdKernels> {
  loading ??= createSimdKernels("loadSimdKernels", SIMD_MINIMUM_SIZE);
  return loading;
}
