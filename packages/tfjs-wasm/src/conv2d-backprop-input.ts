// The gradient of a convolution in its input: the wasm backend has it as a plain loop, several
// times slower.
import * as tf from "@tensorflow/tfjs";
import {
  type Axis,
  type ConvolutionAttributes,
  checkGradientShape,
  convolutionGeometry,
} from "./convolution-geometry.ts";
import { type KernelCall, tensorOf } from "./kernel.ts";
import { convolveWindow, type Range } from "./window.ts";

type Call = KernelCall<
  { readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo },
  ConvolutionAttributes & { readonly inputShape: [number, number, number, number] }
>;

/**
 * dx[y, x, c] = Σ_{i, j, d} W[i, j, c, d] · dy[(y + top − i) / s, (x + left − j) / t, d], over the i
 * and j for which the strides s and t divide.
 *
 * For the rows y = a·s + r of one phase r this is a convolution of dy at stride 1 with every s-th
 * row of the turned filter. The phases of the columns are the channels of one such convolution:
 * side by side they are the columns of dx, without a copy.
 */
export function conv2DBackpropInput({ inputs, attrs, backend }: Call): tf.TensorInfo {
  const kernel = "Conv2DBackpropInput";
  const { inputShape } = attrs;
  const geometry = convolutionGeometry(kernel, inputShape, inputs.filter.shape, attrs);
  checkGradientShape(kernel, inputs.dy.shape, geometry);
  const { height, width, inputChannels } = geometry;
  return tf.tidy(() => {
    const dy = tensorOf(inputs.dy, backend);
    const filter = tensorOf(inputs.filter, backend);
    const columns = phases(width);
    const [batch] = dy.shape;
    const high = Math.ceil(height.input / height.stride);
    const wide = Math.ceil(width.input / width.stride);
    const rows = phases(height).map((phase) => {
      const size = [batch, high, 1, wide * width.stride * inputChannels];
      if (phase.taps === 0) return tf.zeros(size);
      const turned = turnedFilter(filter, phase, columns);
      const window = [reach([phase], high), reach(columns, wide)] as const;
      return tf.reshape(convolveWindow(dy, turned, window), size);
    });
    const all = rows.length === 1 ? rows[0]! : tf.concat(rows, 2);
    const whole = [batch, high * height.stride, wide * width.stride, inputChannels] as const;
    const dx = tf.reshape(all, [...whole]);
    const fits = whole[1] === height.input && whole[2] === width.input;
    return fits ? dx : tf.slice(dx, [0, 0, 0, 0], inputShape);
  });
}

/** The elements of an input axis whose position is the same modulo the stride. */
interface Phase {
  /** The first of the filter's positions that meet these elements; the others follow `stride` apart. */
  readonly first: number;
  readonly stride: number;
  /** How many they are. */
  readonly taps: number;
  /** Element a of the phase meets position `first + k · stride` at dy[a + last − k]. */
  readonly last: number;
}

function phases({ filter, stride, before }: Axis): Phase[] {
  return Array.from({ length: stride }, (_, residue) => {
    const first = (residue + before) % stride;
    const taps = Math.max(0, Math.ceil((filter - first) / stride));
    return { first, stride, taps, last: (residue + before - first) / stride };
  });
}

/** The offsets at which elements of these phases meet dy, and how many elements of dy that makes for `count` of them. */
function reach(axis: readonly Phase[], count: number): Range {
  const used = axis.filter(({ taps }) => taps > 0);
  const begin = Math.min(...used.map(({ last, taps }) => last - taps + 1));
  const end = Math.max(...used.map(({ last }) => last));
  return { begin, size: end - begin + count };
}

/**
 * The rows of one phase of the filter `[kh, kw, c, d]`, turned by 180° and with the channels exchanged:
 * `[rows, columns, d, phases of the columns · c]`. Filters are small: a loop takes less time than the backend's operations.
 */
function turnedFilter(filter: tf.Tensor4D, row: Phase, columns: readonly Phase[]): tf.Tensor4D {
  const [, width, inputs, outputs] = filter.shape;
  const values = filter.dataSync();
  const { begin, size } = reach(columns, 1);
  const channels = columns.length * inputs;
  const turned = new Float32Array(row.taps * size * outputs * channels);
  for (let i = 0; i < row.taps; i++) {
    const fromRow = (row.first + (row.taps - 1 - i) * row.stride) * width;
    for (const [phase, { first, stride, taps, last }] of columns.entries()) {
      for (let k = 0; k < taps; k++) {
        const from = (fromRow + first + k * stride) * inputs * outputs;
        const to = (i * size + last - k - begin) * outputs * channels + phase * inputs;
        for (let c = 0; c < inputs; c++) {
          for (let d = 0; d < outputs; d++) {
            turned[to + d * channels + c] = values[from + c * outputs + d]!;
          }
        }
      }
    }
  }
  return tf.tensor4d(turned, [row.taps, size, outputs, channels]);
}
