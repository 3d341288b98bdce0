import type { FloatArray, Shape } from "@sd/math";
import {
  type BatchGradOptions,
  type BatchValueAndGrad,
  checkFeatures,
  storeGrad,
} from "./batch-loss.ts";

interface Similarities {
  /** [n, n], x xᵀ with rows of length 1; a zero row stays 0. */
  readonly g: Float64Array;
  /** [n], the lengths before. */
  readonly norms: Float64Array;
}

function similarities(x: FloatArray, n: number, width: number): Similarities {
  const g = new Float64Array(n * n);
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let c = 0; c < width; c++) dot += x[i * width + c]! * x[j * width + c]!;
      g[i * n + j] = dot;
      squares += dot * dot;
    }
    norms[i] = Math.sqrt(squares);
    if (squares > 0) for (let j = 0; j < n; j++) g[i * n + j]! /= norms[i]!;
  }
  return { g, norms };
}

/**
 * The similarity-preserving loss, `‖G^x − G^z‖_F² / n²` with `G = x xᵀ`, each row divided by its
 * length.
 *
 * Invariant to rotations and scales of either side; the widths may differ.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, any width], constants.
 * @param shape - [n, d].
 * @returns The loss of the batch.
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 *
 * Reference: Tung & Mori 2019, arXiv 1907.09682.
 *
 * @example
 * ```ts
 * import { similarityPreserving } from "@sd/losses";
 *
 * const student = Float64Array.of(1, 0, 0, 1);
 * console.log(similarityPreserving(student, Float64Array.of(0, 3, -3, 0), [2, 2])); // 0
 * ```
 */
export function similarityPreserving(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
): number {
  const name = "similarityPreserving";
  const { n, d, teacherWidth } = checkFeatures(name, features, teacherFeatures, shape);
  const { g } = similarities(features, n, d);
  const { g: target } = similarities(teacherFeatures, n, teacherWidth);
  return g.reduce((total, v, j) => total + (v - target[j]!) ** 2, 0) / (n * n);
}

/**
 * {@link similarityPreserving} with its gradient.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, any width], constants.
 * @param shape - [n, d].
 * @param options - `gradOut`.
 * @returns `value` and `grad` [n, d].
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function similarityPreservingValueAndGrad<Out extends FloatArray = Float64Array>(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
  options: BatchGradOptions<Out> = {},
): BatchValueAndGrad<Out> {
  const name = "similarityPreservingValueAndGrad";
  const { n, d, teacherWidth } = checkFeatures(name, features, teacherFeatures, shape);
  const { g, norms } = similarities(features, n, d);
  const { g: target } = similarities(teacherFeatures, n, teacherWidth);
  const grad = new Float64Array(n * d);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const gap = (j: number): number => g[i * n + j]! - target[i * n + j]!;
    let along = 0;
    for (let j = 0; j < n; j++) {
      value += gap(j) ** 2 / (n * n);
      along += gap(j) * g[i * n + j]!;
    }
    if (norms[i] === 0) continue;
    for (let j = 0; j < n; j++) {
      // The slope of G_ij = ⟨x_i, x_j⟩, which pulls on both rows.
      const slope = (2 * (gap(j) - along * g[i * n + j]!)) / (n * n * norms[i]!);
      for (let c = 0; c < d; c++) {
        grad[i * d + c]! += slope * features[j * d + c]!;
        grad[j * d + c]! += slope * features[i * d + c]!;
      }
    }
  }
  return { value, grad: storeGrad(name, grad, options, shape) };
}
