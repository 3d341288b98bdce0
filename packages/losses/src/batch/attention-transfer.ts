import { checkFloats, checkNumber, type FloatArray, type Shape, ShapeError } from "@sd/math";
import { adaptivePool, adaptivePoolGrad } from "./adaptive-pool.ts";
import {
  type BatchGradOptions,
  type BatchValueAndGrad,
  checkAxes,
  storeGrad,
} from "./batch-loss.ts";

/** What attention transfer needs to know. */
export interface AttentionTransferOptions {
  /** The exponent of |x|, finite, ≥ 1. @defaultValue 2 */
  readonly power?: number | undefined;
}

interface Attention {
  /** [n, size], rows of length 1; a zero map stays 0. */
  readonly maps: Float64Array;
  /** [n], the lengths before. */
  readonly norms: Float64Array;
}

/** The normalised attention maps: mean over channels of |x|^power. */
function attention(x: FloatArray, n: number, c: number, size: number, power: number): Attention {
  const maps = new Float64Array(n * size);
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let s = 0; s < size; s++) {
      let total = 0;
      for (let ch = 0; ch < c; ch++) total += Math.abs(x[(i * c + ch) * size + s]!) ** power;
      maps[i * size + s] = total / c;
      squares += (total / c) ** 2;
    }
    norms[i] = Math.sqrt(squares);
    if (norms[i] === 0) continue;
    for (let s = 0; s < size; s++) maps[i * size + s]! /= norms[i]!;
  }
  return { maps, norms };
}

interface Compared {
  readonly n: number;
  readonly channels: number;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly pooled: FloatArray;
  readonly student: Attention;
  readonly teacher: Attention;
  readonly power: number;
  readonly value: number;
}

function compare(
  name: string,
  features: FloatArray,
  shape: Shape,
  teacherFeatures: FloatArray,
  teacherShape: Shape,
  options: AttentionTransferOptions,
): Compared {
  checkAxes(name, "shape", shape, 4);
  checkAxes(name, "teacherShape", teacherShape, 4);
  const [n, channels, h, w] = shape as readonly [number, number, number, number];
  const [m, teacherChannels, th, tw] = teacherShape as readonly [number, number, number, number];
  checkFloats(name, "features", features, n * channels * h * w, shape);
  checkFloats(
    name,
    "teacherFeatures",
    teacherFeatures,
    m * teacherChannels * th * tw,
    teacherShape,
  );
  const power = checkNumber(name, "power", options.power ?? 2, { min: 1 });
  const nested = (h <= th && w <= tw) || (h >= th && w >= tw);
  if (m !== n || !nested) {
    const detail = `to have ${n} rows and to be the larger or the smaller in both directions`;
    throw new ShapeError(name, "teacherShape", `${detail}, got [${teacherShape.join(", ")}]`);
  }
  const to: readonly [number, number] = [Math.min(h, th), Math.min(w, tw)];
  const size = to[0] * to[1];
  // Pooled before the power: the larger map is brought to the smaller one's size.
  const fit = (x: FloatArray, planes: number, from: readonly [number, number]): FloatArray =>
    from[0] === to[0] && from[1] === to[1] ? x : adaptivePool(x, planes, from, to);
  const pooled = fit(features, n * channels, [h, w]);
  const teacherPooled = fit(teacherFeatures, n * teacherChannels, [th, tw]);
  const student = attention(pooled, n, channels, size, power);
  const teacher = attention(teacherPooled, n, teacherChannels, size, power);
  let total = 0;
  for (let j = 0; j < n * size; j++) total += (student.maps[j]! - teacher.maps[j]!) ** 2;
  const value = total / (n * size);
  return { n, channels, from: [h, w], to, pooled, student, teacher, power, value };
}

/**
 * Attention transfer: the mean squared difference of normalised attention maps, the mean over channels
 * of |x|^p divided by its length.
 *
 * Where the maps differ in size, the larger features are average-pooled first. Channels may differ.
 *
 * @param features - The student's, `shape` = [n, channels, height, width].
 * @param shape - [n, channels, height, width].
 * @param teacherFeatures - Constants, `teacherShape`.
 * @param teacherShape - [n, …], height and width both at most, or both at least, the student's.
 * @param options - `power`.
 * @returns The loss of the batch, the mean over n · height · width.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * Reference: Zagoruyko & Komodakis 2017, arXiv 1612.03928; the mean is its public code's.
 */
export function attentionTransfer(
  features: FloatArray,
  shape: Shape,
  teacherFeatures: FloatArray,
  teacherShape: Shape,
  options: AttentionTransferOptions = {},
): number {
  return compare("attentionTransfer", features, shape, teacherFeatures, teacherShape, options)
    .value;
}

/**
 * {@link attentionTransfer} with its gradient.
 *
 * @param features - The student's.
 * @param shape - [n, channels, height, width].
 * @param teacherFeatures - Constants.
 * @param teacherShape - [n, …].
 * @param options - `power`, `gradOut`.
 * @returns `value` and `grad` of the shape of `features`.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function attentionTransferValueAndGrad<Out extends FloatArray = Float64Array>(
  features: FloatArray,
  shape: Shape,
  teacherFeatures: FloatArray,
  teacherShape: Shape,
  options: AttentionTransferOptions & BatchGradOptions<Out> = {},
): BatchValueAndGrad<Out> {
  const name = "attentionTransferValueAndGrad";
  const compared = compare(name, features, shape, teacherFeatures, teacherShape, options);
  const { n, channels, from, to, pooled, student, teacher, power, value } = compared;
  const size = to[0] * to[1];
  const slope = new Float64Array(pooled.length);
  for (let i = 0; i < n; i++) {
    const norm = student.norms[i]!;
    if (norm === 0) continue;
    const at = i * size;
    const gap = (s: number): number =>
      (2 * (student.maps[at + s]! - teacher.maps[at + s]!)) / (n * size);
    let along = 0;
    for (let s = 0; s < size; s++) along += gap(s) * student.maps[at + s]!;
    for (let s = 0; s < size; s++) {
      const mapSlope = (gap(s) - along * student.maps[at + s]!) / norm;
      for (let ch = 0; ch < channels; ch++) {
        const j = (i * channels + ch) * size + s;
        const x = pooled[j]!;
        slope[j] = (mapSlope * power * Math.sign(x) * Math.abs(x) ** (power - 1)) / channels;
      }
    }
  }
  const grad = pooled === features ? slope : adaptivePoolGrad(slope, n * channels, from, to);
  return { value, grad: storeGrad(name, grad, options, shape) };
}
