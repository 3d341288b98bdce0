// The numbers of a two-dimensional convolution, checked against what its kernel will really do.
import * as tf from "@tensorflow/tfjs";
import { UnsupportedArgumentError } from "./errors.ts";

type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Shape4D = [number, number, number, number];

/** The attributes that tfjs gives to its convolution kernels. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: Padding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** One spatial axis (height or width) of a convolution. */
export interface Axis {
  readonly input: number;
  readonly filter: number;
  readonly output: number;
  readonly stride: number;
  /** Zeros before the first element. */
  readonly before: number;
  /** Zeros after the last element. */
  readonly after: number;
}

/** A convolution as two axes and its channels. */
export interface ConvolutionGeometry {
  readonly height: Axis;
  readonly width: Axis;
  readonly inputChannels: number;
  readonly outputChannels: number;
}

/**
 * The geometry of a convolution of `inputShape` `[n, h, w, c]` with `filterShape` `[kh, kw, c, d]`.
 *
 * tfjs computes both output sizes from the filter's height and the vertical stride when `pad` is a
 * number, while the wasm kernel goes by its arguments and would write past the end of its output.
 * Such cases are refused, and so is everything else whose output size is not
 * ⌊(input + before + after − filter) / stride⌋ + 1.
 *
 * @throws {UnsupportedArgumentError} `dataFormat` other than NHWC, negative `pad`, a filter larger
 * than the padded input, an output size that differs from the formula.
 */
export function convolutionGeometry(
  kernel: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
): ConvolutionGeometry {
  const { strides, pad, dataFormat, dilations = 1, dimRoundingMode } = attributes;
  if (dataFormat !== "NHWC") {
    throw new UnsupportedArgumentError(kernel, "dataFormat", `expected NHWC, got ${dataFormat}`);
  }
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    "channelsLast",
  );
  const { top, bottom, left, right, type } = info.padInfo;
  if (Math.min(top, bottom, left, right) < 0) {
    throw new UnsupportedArgumentError(kernel, "pad", `it is negative: ${JSON.stringify(pad)}`);
  }
  const height = {
    input: info.inHeight,
    filter: info.effectiveFilterHeight,
    output: info.outHeight,
    stride: info.strideHeight,
    before: top,
    after: bottom,
  };
  const width = {
    input: info.inWidth,
    filter: info.effectiveFilterWidth,
    output: info.outWidth,
    stride: info.strideWidth,
    before: left,
    after: right,
  };
  // With "same", tfjs and the kernel agree by definition.
  if (type !== "SAME") {
    for (const axis of [height, width]) checkOutput(kernel, axis, attributes);
  }
  return {
    height,
    width,
    inputChannels: info.inChannels,
    outputChannels: info.outChannels,
  };
}

function checkOutput(kernel: string, axis: Axis, { pad, dimRoundingMode }: ConvolutionAttributes) {
  const { input, filter, stride, before, after, output } = axis;
  const room = input + before + after - filter;
  if (room < 0) {
    const detail = `its size ${filter} exceeds the padded input's ${input + before + after}`;
    throw new UnsupportedArgumentError(kernel, "filter", detail);
  }
  const actual = Math.floor(room / stride) + 1;
  if (actual === output) return;
  if (dimRoundingMode === undefined || dimRoundingMode === null || dimRoundingMode === "floor") {
    throw new UnsupportedArgumentError(
      kernel,
      "pad",
      `tfjs derives an output size of ${output} where the kernel computes ${actual}: ` +
        "give the number " +
        `${JSON.stringify(pad)} as explicit padding [[0, 0], [top, bottom], [left, right], [0, 0]]`,
    );
  }
  throw new UnsupportedArgumentError(
    kernel,
    "dimRoundingMode",
    `"${dimRoundingMode}" gives an output size of ${output} where the kernel computes ${actual}`,
  );
}

/**
 * Checks that the gradient that came back has the forward convolution's output size.
 *
 * @throws {UnsupportedArgumentError} when it does not: tfjs drops `dimRoundingMode` on the way
 * back.
 */
export function checkGradientShape(
  kernel: string,
  dy: readonly number[],
  { height, width }: Pick<ConvolutionGeometry, "height" | "width">,
): void {
  if (dy[1] === height.output && dy[2] === width.output) return;
  throw new UnsupportedArgumentError(
    kernel,
    "dimRoundingMode",
    `the gradient has size [${dy[1]}, ${dy[2]}], the convolution's output ` +
      `[${height.output}, ${width.output}]`,
  );
}
