import type { FloatArray, Shape } from "@sd/math";
import {
  type BatchGradOptions,
  type BatchValueAndGrad,
  checkFeatures,
  huber,
  huberSlope,
  storeGrad,
} from "./batch-loss.ts";

interface Directions {
  /** [n, width], the unit vectors from row i to every row; 0 for equal rows. */
  readonly u: Float64Array;
  /** [n], the lengths before. */
  readonly norms: Float64Array;
}

function directions(x: FloatArray, i: number, n: number, width: number): Directions {
  const u = new Float64Array(n * width);
  const norms = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let squares = 0;
    for (let c = 0; c < width; c++) {
      u[j * width + c] = x[j * width + c]! - x[i * width + c]!;
      squares += u[j * width + c]! ** 2;
    }
    norms[j] = Math.sqrt(squares);
    if (squares > 0) for (let c = 0; c < width; c++) u[j * width + c]! /= norms[j]!;
  }
  return { u, norms };
}

function cosine(u: Float64Array, j: number, k: number, width: number): number {
  let dot = 0;
  for (let c = 0; c < width; c++) dot += u[j * width + c]! * u[k * width + c]!;
  return dot;
}

/**
 * The angle-wise loss, `(1/n³) Σ_ijk huber(⟨u_ij, u_ik⟩^x − ⟨u_ij, u_ik⟩^z)` with u_ij the unit vector
 * from row i to row j, 0 for equal rows.
 *
 * Invariant to shifts, rotations and scales of either side; the widths may differ. RKD's code weights
 * it with 50. Takes n³ · d steps.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, any width], constants.
 * @param shape - [n, d].
 * @returns The loss of the batch.
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 *
 * Reference: Park et al. 2019, arXiv 1904.05068.
 */
export function rkdAngle(features: FloatArray, teacherFeatures: FloatArray, shape: Shape): number {
  const { n, d, teacherWidth } = checkFeatures("rkdAngle", features, teacherFeatures, shape);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const { u } = directions(features, i, n, d);
    const { u: v } = directions(teacherFeatures, i, n, teacherWidth);
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        total += huber(cosine(u, j, k, d) - cosine(v, j, k, teacherWidth));
      }
    }
  }
  return total / n ** 3;
}

/**
 * {@link rkdAngle} with its gradient.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, any width], constants.
 * @param shape - [n, d].
 * @param options - `gradOut`.
 * @returns `value` and `grad` [n, d].
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function rkdAngleValueAndGrad<Out extends FloatArray = Float64Array>(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
  options: BatchGradOptions<Out> = {},
): BatchValueAndGrad<Out> {
  const name = "rkdAngleValueAndGrad";
  const { n, d: width, teacherWidth } = checkFeatures(name, features, teacherFeatures, shape);
  const grad = new Float64Array(n * width);
  const slope = new Float64Array(width);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const { u, norms } = directions(features, i, n, width);
    const { u: v } = directions(teacherFeatures, i, n, teacherWidth);
    for (let j = 0; j < n; j++) {
      slope.fill(0);
      for (let k = 0; k < n; k++) {
        const gap = cosine(u, j, k, width) - cosine(v, j, k, teacherWidth);
        value += huber(gap) / n ** 3;
        // (j, k) and (k, j) have the same cosine.
        const weight = (2 * huberSlope(gap)) / n ** 3;
        for (let c = 0; c < width; c++) slope[c]! += weight * u[k * width + c]!;
      }
      if (norms[j] === 0) continue;
      let along = 0;
      for (let c = 0; c < width; c++) along += slope[c]! * u[j * width + c]!;
      for (let c = 0; c < width; c++) {
        const pull = (slope[c]! - along * u[j * width + c]!) / norms[j]!;
        grad[j * width + c]! += pull;
        grad[i * width + c]! -= pull;
      }
    }
  }
  return { value, grad: storeGrad(name, grad, options, shape) };
}
