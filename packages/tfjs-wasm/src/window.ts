// Cutting a rectangle out of an image that is surrounded by zeros.
import * as tf from "@tensorflow/tfjs";
import type { Axis } from "./convolution-geometry.ts";

/** The positions `begin … begin + size − 1` of an axis; those outside of it read as zero. */
export interface Range {
  readonly begin: number;
  readonly size: number;
}

/** Rows and columns of `x` `[n, h, w, c]`, with zeros where the ranges leave the image. */
export function zeroPaddedWindow(x: tf.Tensor4D, rows: Range, columns: Range): tf.Tensor4D {
  const [, height, width] = x.shape;
  const pads = [outside(rows, height), outside(columns, width)] as const;
  const padded = pads.flat().some((p) => p > 0) ? tf.pad(x, [[0, 0], ...pads, [0, 0]]) : x;
  if (padded.shape[1] === rows.size && padded.shape[2] === columns.size) return padded;
  return tf.slice(
    padded,
    [0, rows.begin + pads[0][0], columns.begin + pads[1][0], 0],
    [-1, rows.size, columns.size, -1],
  );
}

/**
 * `x` convolved at stride 1 with a filter, over rows and columns that may leave the image: what lies
 * outside reads as zero, without a copy where nothing of the image is cut off.
 */
export function convolveWindow(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  [rows, columns]: readonly [Range, Range],
  dilations: [number, number] | number = 1,
): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (covers(rows, height) && covers(columns, width)) {
    const pad: ExplicitPadding = [[0, 0], outside(rows, height), outside(columns, width), [0, 0]];
    return tf.conv2d(x, filter, 1, pad, "NHWC", dilations);
  }
  return tf.conv2d(zeroPaddedWindow(x, rows, columns), filter, 1, "valid", "NHWC", dilations);
}

type ExplicitPadding = Exclude<Parameters<typeof tf.conv2d>[3], string | number>;

/** Whether a range holds all of an axis. */
const covers = ({ begin, size }: Range, length: number): boolean =>
  begin <= 0 && begin + size >= length;

/** How many zeros an axis of `length` lacks before and after. */
function outside({ begin, size }: Range, length: number): [number, number] {
  return [Math.max(0, -begin), Math.max(0, begin + size - length)];
}

/** The stretch of the widened dy that the input's elements reach with the turned filter. */
export function turnedRange({ input, filter, before }: Axis): Range {
  return { begin: before - (filter - 1), size: input + filter - 1 };
}

/** `x` `[n, h, w, c]` with `stride − 1` zeros after each row and each column. */
export function insertZeros(x: tf.Tensor4D, vertical: number, horizontal: number): tf.Tensor4D {
  if (vertical === 1 && horizontal === 1) return x;
  const [n, h, w, c] = x.shape;
  const rows = tf.pad(tf.reshape(x, [n * h, 1, w, c]), [
    [0, 0],
    [0, vertical - 1],
    [0, 0],
    [0, 0],
  ]);
  const cells = tf.pad(tf.reshape(rows, [n * h * vertical * w, 1, c]), [
    [0, 0],
    [0, horizontal - 1],
    [0, 0],
  ]);
  return tf.reshape(cells, [n, h * vertical, w * horizontal, c]);
}
