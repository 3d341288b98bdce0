// The gradient of average pooling over windows of one pixel, which is how networks subsample.
import * as tf from "@tensorflow/tfjs";
import { type KernelCall, tensorOf } from "./kernel.ts";
import { insertZeros } from "./window.ts";

type Call = KernelCall<
  { readonly dy: tf.TensorInfo; readonly input: tf.TensorInfo },
  {
    readonly filterSize: [number, number] | number;
    readonly strides: [number, number] | number;
    readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  }
>;

/**
 * `AvgPoolGrad` that for windows of one pixel puts zeros between the elements of dy, and leaves other windows to `gradient`,
 * tfjs's own kernel, a plain loop over the windows.
 */
export function avgPoolGrad(gradient: tf.KernelFunc): (call: Call) => tf.TensorInfo {
  return (call) => {
    const { inputs, attrs, backend } = call;
    const shape = inputs.input.shape as [number, number, number, number];
    const { filterSize, strides, pad } = attrs;
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad);
    const { top, bottom, left, right } = info.padInfo;
    const onePixel = info.filterHeight === 1 && info.filterWidth === 1;
    if (!onePixel || top + bottom + left + right > 0) {
      return gradient({ ...call, attrs: attrs as unknown as tf.NamedAttrMap }) as tf.TensorInfo;
    }
    return tf.tidy(() => {
      const dy = tensorOf(inputs.dy, backend);
      const dx = insertZeros(dy, info.strideHeight, info.strideWidth);
      const fits = dx.shape[1] === shape[1] && dx.shape[2] === shape[2];
      return fits ? dx : tf.slice(dx, [0, 0, 0, 0], shape);
    });
  };
}
