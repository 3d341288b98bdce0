// The gradient of a convolution in its input: the wasm backend has it as a plain loop, several
// times slower.
import * as tf from "@tensorflow/tfjs";
import {
  type ConvolutionAttributes,
  checkGradientShape,
  convolutionGeometry,
} from "./convolution-geometry.ts";
import { type KernelCall, tensorOf } from "./kernel.ts";
import { insertZeros, turnedRange, zeroPaddedWindow } from "./window.ts";

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
    const filter = tensorOf(inputs.filter, backend);
    const turned = height.filter === 1 && width.filter === 1 ? filter : tf.reverse(filter, [0, 1]);
    return tf.conv2d(
      zeroPaddedWindow(dy, turnedRange(height), turnedRange(width)),
      tf.transpose(turned, [0, 1, 3, 2]),
      1,
      "valid",
    );
  });
}
