// The forward convolutions, with their arguments put right before tfjs's kernel sees them.
import type * as tf from "@tensorflow/tfjs";
import { type ConvolutionAttributes, convolutionGeometry } from "./convolution-geometry.ts";

/**
 * `kernelFunc` behind a check of its arguments: where tfjs and the wasm kernel disagree about the
 * output's size, the kernel would write outside of its memory.
 *
 * "same" becomes the explicit padding that it stands for: with a stride above the filter's size the
 * kernel's own "same" leaves an output of zeros.
 */
export function checkedConvolution(kernel: string, kernelFunc: tf.KernelFunc): tf.KernelFunc {
  return (call) => {
    const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const attributes = call.attrs as unknown as ConvolutionAttributes;
    const { height, width } = convolutionGeometry(kernel, x.shape, filter.shape, attributes);
    if (attributes.pad !== "same") return kernelFunc(call);
    const pad = [
      [0, 0],
      [height.before, height.after],
      [width.before, width.after],
      [0, 0],
    ];
    return kernelFunc({ ...call, attrs: { ...call.attrs, pad } as unknown as tf.NamedAttrMap });
  };
}
