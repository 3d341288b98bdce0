// The two gradients of a depthwise convolution, which the wasm backend has not got.
import * as tf from "@tensorflow/tfjs";
import {
  type Axis,
  type ConvolutionAttributes,
  checkGradientShape,
  convolutionGeometry,
} from "./convolution-geometry.ts";
import { type KernelCall, tensorOf } from "./kernel.ts";
import { insertZeros, type Range, turnedRange, zeroPaddedWindow } from "./window.ts";

type Shape4D = [number, number, number, number];
type Attributes = Omit<ConvolutionAttributes, "dataFormat">;

type FilterCall = KernelCall<
  { readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo },
  Attributes & { readonly filterShape: Shape4D }
>;

/**
 * dW[i, j, c, m] = Σ_{n, p, q} x[n, p·s + i − top, q·t + j − left, c] · dy[n, p, q, c·M + m]: for
 * each position (i, j) of the filter, a product of two images, summed over their pixels.
 */
export function depthwiseBackpropFilter({ inputs, attrs, backend }: FilterCall): tf.TensorInfo {
  const kernel = "DepthwiseConv2dNativeBackpropFilter";
  const { filterShape } = attrs;
  const all = { ...attrs, dataFormat: "NHWC" as const };
  const { height, width } = convolutionGeometry(kernel, inputs.x.shape, filterShape, all);
  checkGradientShape(kernel, inputs.dy.shape, { height, width });
  const [rows, columns, channels, multiplier] = filterShape;
  return tf.tidy(() => {
    const x = zeroPaddedWindow(tensorOf(inputs.x, backend), covered(height), covered(width));
    const batch = x.shape[0];
    const pixels = batch * height.output * width.output;
    const dy = tf.reshape(tensorOf(inputs.dy, backend), [pixels, channels, multiplier]);
    // Sums over the first axis are fastest as a product with a row of ones.
    const ones = tf.ones([1, pixels]) as tf.Tensor2D;
    const gradientAt = (i: number, j: number): tf.Tensor => {
      const seen = tf.stridedSlice(
        x,
        [0, i, j, 0],
        [batch, i + span(height), j + span(width), channels],
        [1, height.stride, width.stride, 1],
      );
      const products = tf.mul(tf.reshape(seen, [pixels, channels, 1]), dy);
      return tf.matMul(ones, tf.reshape(products, [pixels, channels * multiplier]) as tf.Tensor2D);
    };
    const positions = Array.from({ length: rows * columns }, (_, k) =>
      tf.tidy(() => gradientAt(Math.floor(k / columns), k % columns)),
    );
    return tf.reshape(tf.concat(positions, 0), filterShape);
  });
}

/** How far the positions reach that one element of the filter meets, from the first to the last. */
const span = ({ output, stride }: Axis): number => (output - 1) * stride + 1;

/** The stretch of the padded image that the filter covers. */
const covered = (axis: Axis): Range => ({
  begin: -axis.before,
  size: span(axis) + axis.filter - 1,
});

type InputCall = KernelCall<
  { readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo },
  Attributes & { readonly inputShape: Shape4D }
>;

/**
 * dx = the depthwise convolution of dy with the filter turned by 180°, at stride 1, where dy has
 * `stride − 1` zeros after each element; summed over the outputs of each input channel.
 */
export function depthwiseBackpropInput({ inputs, attrs, backend }: InputCall): tf.TensorInfo {
  const kernel = "DepthwiseConv2dNativeBackpropInput";
  const { inputShape } = attrs;
  const all = { ...attrs, dataFormat: "NHWC" as const };
  const { height, width } = convolutionGeometry(kernel, inputShape, inputs.filter.shape, all);
  checkGradientShape(kernel, inputs.dy.shape, { height, width });
  return tf.tidy(() => {
    const filter = tensorOf(inputs.filter, backend);
    const [rows, columns, channels, multiplier] = filter.shape;
    const dy = insertZeros(tensorOf(inputs.dy, backend), height.stride, width.stride);
    const shape: Shape4D = [rows, columns, channels * multiplier, 1];
    const turned = tf.reshape(tf.reverse(filter, [0, 1]), shape) as tf.Tensor4D;
    const window = zeroPaddedWindow(dy, turnedRange(height), turnedRange(width));
    const parts = tf.depthwiseConv2d(window, turned, 1, "valid");
    if (multiplier === 1) return parts;
    return tf.reshape(tf.sum(tf.reshape(parts, [-1, multiplier]), 1), inputShape);
  });
}
