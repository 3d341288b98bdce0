import * as tf from "@tensorflow/tfjs";
// Importing it registers the backend and the kernels that are wrapped below.
import "@tensorflow/tfjs-backend-wasm";
import { avgPoolGrad } from "./avg-pool-grad.ts";
import { batchMatMul } from "./batch-mat-mul.ts";
import { checkedConvolution } from "./conv2d.ts";
import { conv2DBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv2DBackpropInput } from "./conv2d-backprop-input.ts";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise-backprop.ts";
import { einsum } from "./einsum.ts";
import { identity } from "./identity.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

const BACKEND = "wasm";

/** What a kernel becomes, given the function that was registered under its name, if any. */
const kernels: Readonly<Record<string, (original?: tf.KernelFunc) => unknown>> = {
  AvgPoolGrad: (original) => avgPoolGrad(original!),
  Conv2D: (original) => checkedConvolution("Conv2D", original!),
  FusedConv2D: (original) => checkedConvolution("FusedConv2D", original!),
  Conv2DBackpropFilter: () => conv2DBackpropFilter,
  Conv2DBackpropInput: () => conv2DBackpropInput,
  DepthwiseConv2dNative: (original) => checkedConvolution("DepthwiseConv2dNative", original!),
  FusedDepthwiseConv2D: (original) => checkedConvolution("FusedDepthwiseConv2D", original!),
  DepthwiseConv2dNativeBackpropFilter: () => depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: () => depthwiseBackpropInput,
  Einsum: () => einsum,
  Identity: () => identity,
  UnsortedSegmentSum: () => unsortedSegmentSum,
  BatchMatMul: (original) => batchMatMul(original!),
};

/**
 * Registers on tfjs's `wasm` backend what training needs and it lacks or computes slowly.
 *
 * - `Conv2DBackpropFilter` is missing, so that no convolution trains: a convolution with exchanged
 *   operands.
 * - `Conv2DBackpropInput` is a plain loop: a convolution with the turned filter.
 * - `AvgPoolGrad` is a plain loop: for windows of one pixel, zeros between the elements.
 * - `Identity` copies: a reference more.
 * - `BatchMatMul` is a plain loop when a transpose flag is set: transposed first.
 * - `DepthwiseConv2dNativeBackpropFilter`, `DepthwiseConv2dNativeBackpropInput`, `Einsum` and
 *   `UnsortedSegmentSum` are missing: depthwise convolutions, attention, embeddings.
 * - `Conv2D`, `DepthwiseConv2dNative` and their fused forms write outside their memory where tfjs derives a wrong output
 *   size, and give zeros for "same" with a stride above the filter's size: the first is refused,
 *   the second right.
 *
 * Calling it again changes nothing. It may be called before or after the backend is set.
 */
export function registerTrainingKernels(): void {
  if (tf.getKernel("Conv2DBackpropFilter", BACKEND)) return;
  for (const [kernelName, replace] of Object.entries(kernels)) {
    const original = tf.getKernel(kernelName, BACKEND);
    if (original) tf.unregisterKernel(kernelName, BACKEND);
    const kernelFunc = replace(original?.kernelFunc) as tf.KernelFunc;
    tf.registerKernel({ ...original, kernelName, backendName: BACKEND, kernelFunc });
  }
}
