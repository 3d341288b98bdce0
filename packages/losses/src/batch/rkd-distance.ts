import type { FloatArray, Shape } from "@sd/math";
import {
  type BatchGradOptions,
  type BatchValueAndGrad,
  checkFeatures,
  huber,
  huberSlope,
  storeGrad,
} from "./batch-loss.ts";

interface Distances {
  /** [n, n]. */
  readonly d: Float64Array;
  /** The mean of the positive ones; 0 if there is none. */
  readonly mean: number;
  readonly positive: number;
}

function distances(x: FloatArray, n: number, width: number): Distances {
  const d = new Float64Array(n * n);
  let total = 0;
  let positive = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let squares = 0;
      for (let c = 0; c < width; c++) squares += (x[i * width + c]! - x[j * width + c]!) ** 2;
      d[i * n + j] = Math.sqrt(squares);
      total += d[i * n + j]!;
      if (squares > 0) positive++;
    }
  }
  return { d, mean: positive === 0 ? 0 : total / positive, positive };
}

/** Calls `visit(pair, ψ^x − ψ^z)` for every ordered pair, unless one side has no distance at all. */
function eachGap(
  student: Distances,
  teacher: Distances,
  visit: (pair: number, gap: number) => void,
): void {
  if (student.mean === 0 || teacher.mean === 0) return;
  for (let pair = 0; pair < student.d.length; pair++) {
    visit(pair, student.d[pair]! / student.mean - teacher.d[pair]! / teacher.mean);
  }
}

/**
 * The distance-wise loss, `(1/n²) Σ_ij huber(ψ^x_ij − ψ^z_ij)` with `ψ_ij = ‖x_i − x_j‖ / μ` and μ the
 * mean of the positive distances.
 *
 * Invariant to shifts, rotations and scales of either side; the widths may differ. Where all distances
 * of one side are 0 (n < 2 included) it is 0. RKD's code weights it with 25.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, any width], constants.
 * @param shape - [n, d].
 * @returns The loss of the batch.
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 *
 * Reference: Park et al. 2019, arXiv 1904.05068.
 *
 * @example
 * ```ts
 * import { rkdDistance } from "@sd/losses";
 *
 * const teacher = Float64Array.of(0, 3, 4);
 * console.log(rkdDistance(Float64Array.of(0, -6, -8), teacher, [3, 1])); // 0
 * ```
 */
export function rkdDistance(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
): number {
  const { n, d, teacherWidth } = checkFeatures("rkdDistance", features, teacherFeatures, shape);
  let total = 0;
  eachGap(distances(features, n, d), distances(teacherFeatures, n, teacherWidth), (_, gap) => {
    total += huber(gap);
  });
  return total / (n * n);
}

/**
 * {@link rkdDistance} with its gradient, which goes through μ as well.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, any width], constants.
 * @param shape - [n, d].
 * @param options - `gradOut`.
 * @returns `value` and `grad` [n, d].
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function rkdDistanceValueAndGrad<Out extends FloatArray = Float64Array>(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
  options: BatchGradOptions<Out> = {},
): BatchValueAndGrad<Out> {
  const name = "rkdDistanceValueAndGrad";
  const { n, d: width, teacherWidth } = checkFeatures(name, features, teacherFeatures, shape);
  const student = distances(features, n, width);
  const slopes = new Float64Array(n * n);
  let value = 0;
  let throughMean = 0;
  eachGap(student, distances(teacherFeatures, n, teacherWidth), (pair, gap) => {
    value += huber(gap) / (n * n);
    slopes[pair] = huberSlope(gap) / (n * n * student.mean);
    throughMean += (slopes[pair]! * student.d[pair]!) / student.mean / student.positive;
  });
  const grad = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const distance = student.d[i * n + j]!;
      if (distance === 0) continue;
      // The pair occurs as (i, j) and as (j, i), with the same slope.
      const slope = (2 * (slopes[i * n + j]! - throughMean)) / distance;
      for (let c = 0; c < width; c++) {
        grad[i * width + c]! += slope * (features[i * width + c]! - features[j * width + c]!);
      }
    }
  }
  return { value, grad: storeGrad(name, grad, options, shape) };
}
