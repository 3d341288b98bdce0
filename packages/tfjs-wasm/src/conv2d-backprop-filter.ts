// The gradient of a convolution in its filter, which the wasm backend has not got.
import * as tf from "@tensorflow/tfjs";
import {
  type ConvolutionAttributes,
  type ConvolutionGeometry,
  checkGradientShape,
  convolutionGeometry,
} from "./convolution-geometry.ts";
import { type KernelCall, tensorOf } from "./kernel.ts";
import { convolveWindow } from "./window.ts";

type Call = KernelCall<
  { readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo },
  ConvolutionAttributes & { readonly filterShape: [number, number, number, number] }
>;

/**
 * dW[i, j, c, d] = Σ_{n, p, q} x[n, p·s + i − top, q·t + j − left, c] · dy[n, p, q, d].
 *
 * Read with batch and channels exchanged this is again a convolution: the image is xᵀ `[c, h, w,
 * n]`, the filter dyᵀ `[p, q, n, d]`, and the strides s, t become its dilation.
 */
export function conv2DBackpropFilter({ inputs, attrs, backend }: Call): tf.TensorInfo {
  const kernel = "Conv2DBackpropFilter";
  const geometry = convolutionGeometry(kernel, inputs.x.shape, attrs.filterShape, attrs);
  checkGradientShape(kernel, inputs.dy.shape, geometry);
  return tf.tidy(() => {
    const x = tensorOf(inputs.x, backend);
    const dy = tensorOf(inputs.dy, backend);
    return isPointwise(geometry)
      ? pointwiseGradient(x, dy, geometry)
      : transposedConvolution(x, dy, geometry);
  });
}

function isPointwise({ height, width }: ConvolutionGeometry): boolean {
  return [height, width].every((a) => a.filter === 1 && a.before === 0 && a.after === 0);
}

/** A 1 × 1 filter sees one pixel at a time: dW = Xᵀ dY over the pixels that the strides visit. */
function pointwiseGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { height, width, inputChannels, outputChannels }: ConvolutionGeometry,
): tf.Tensor4D {
  const strides = [1, height.stride, width.stride, 1];
  const visited =
    height.stride === 1 && width.stride === 1
      ? x
      : tf.stridedSlice(x, [0, 0, 0, 0], [...x.shape], strides);
  const rows = tf.reshape(visited, [-1, inputChannels]) as tf.Tensor2D;
  const gradient = tf.matMul(rows, tf.reshape(dy, [-1, outputChannels]) as tf.Tensor2D, true);
  return tf.reshape(gradient, [1, 1, inputChannels, outputChannels]);
}

function transposedConvolution(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { height, width }: ConvolutionGeometry,
): tf.Tensor4D {
  const image = tf.transpose(x, [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  const window = [
    { begin: -height.before, size: (height.output - 1) * height.stride + height.filter },
    { begin: -width.before, size: (width.output - 1) * width.stride + width.filter },
  ] as const;
  const dilations: [number, number] = [height.stride, width.stride];
  return tf.transpose(convolveWindow(image, filter, window, dilations), [1, 2, 0, 3]);
}
