// The gradient of a convolution in its input: the wasm backend has it as a plain loop, several
// times slower.
import * as tf from "@tensorflow/tfjs";
import {
  type ConvolutionAttributes,
  checkGradientShape,
  convolutionGeometry,
} from "./convolution-geometry.ts";
import { type KernelCall, tensorOf } from "./kernel.ts";
import { convolveWindow, insertZeros, turnedRange } from "./window.ts";

type Call = KernelCall<
  { readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo },
  ConvolutionAttributes & { readonly inputShape: [number, number, number, number] }
>;

/**
 * dx = the convolution of dy with the filter turned by 180° and its channels exchanged, at stride
 * 1, where dy has `stride − 1` zeros after each element.
 */
export function conv2DBackpropInput({ inputs, attrs, backend }: Call): tf.TensorInfo {
  const kernel = "Conv2DBackpropInput";
  const geometry = convolutionGeometry(kernel, attrs.inputShape, inputs.filter.shape, attrs);
  checkGradientShape(kernel, inputs.dy.shape, geometry);
  const { height, width } = geometry;
  return tf.tidy(() => {
    const dy = insertZeros(tensorOf(inputs.dy, backend), height.stride, width.stride);
    const turned = turnedFilter(tensorOf(inputs.filter, backend));
    return convolveWindow(dy, turned, [turnedRange(height), turnedRange(width)]);
  });
}

/**
 * The filter `[kh, kw, c, d]` turned by 180° and with its channels exchanged, `[kh, kw, d, c]`. Filters
 * are small: a loop takes less time than the backend's reversal.
 */
function turnedFilter(filter: tf.Tensor4D): tf.Tensor4D {
  const [rows, columns, inputs, outputs] = filter.shape;
  const values = filter.dataSync();
  const turned = new Float32Array(values.length);
  const positions = rows * columns;
  for (let position = 0; position < positions; position++) {
    const from = position * inputs * outputs;
    const to = (positions - 1 - position) * inputs * outputs;
    for (let c = 0; c < inputs; c++) {
      for (let d = 0; d < outputs; d++) {
        turned[to + d * inputs + c] = values[from + c * outputs + d]!;
      }
    }
  }
  return tf.tensor4d(turned, [rows, columns, outputs, inputs]);
}
