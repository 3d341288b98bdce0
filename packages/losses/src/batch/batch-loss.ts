// What the losses of a whole batch share: one number, and its gradient with respect to the student's
// features. They compare features or relations, so rows are not independent of each other.
import {
  checkFloats,
  type FloatArray,
  isFloatArray,
  resolveOut,
  type Shape,
  ShapeError,
} from "@sd/math";

/** Options of the batch losses with their gradient. */
export interface BatchGradOptions<Out extends FloatArray = Float64Array> {
  /** As long as the student's features, filled and returned instead of a new Float64Array. */
  readonly gradOut?: Out | undefined;
}

/** A loss of the whole batch and its gradient with respect to the student's features. */
export interface BatchValueAndGrad<Out extends FloatArray = Float64Array> {
  readonly value: number;
  readonly grad: Out;
}

/** Student features [n, d] beside teacher features [n, any width], both checked. */
export interface Features {
  readonly n: number;
  readonly d: number;
  readonly teacherWidth: number;
}

/** Checks two-dimensional features; the teacher's width follows from its length. */
export function checkFeatures(
  functionName: string,
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
): Features {
  checkAxes(functionName, "shape", shape, 2);
  const [n, d] = shape as readonly [number, number];
  checkFloats(functionName, "features", features, n * d, shape);
  const width = isFloatArray(teacherFeatures) ? teacherFeatures.length / n : 1;
  if (!Number.isInteger(width) || width < 1) {
    throw new ShapeError(
      functionName,
      "teacherFeatures",
      `to have the same positive number of elements in each of ${n} rows, got length ` +
        `${teacherFeatures.length}`,
    );
  }
  checkFloats(functionName, "teacherFeatures", teacherFeatures, n * width, [n, width]);
  return { n, d, teacherWidth: width };
}

/** Checks a shape of so many positive axes. */
export function checkAxes(
  functionName: string,
  argument: string,
  shape: Shape,
  axes: number,
): void {
  const positive =
    Array.isArray(shape) && shape.every((axis) => Number.isInteger(axis) && axis > 0);
  if (!positive || shape.length !== axes) {
    throw new ShapeError(
      functionName,
      argument,
      `to have ${axes} positive axes, got ${JSON.stringify(shape)}`,
    );
  }
}

/** Rounds a float64 gradient into the caller's array, or returns it as it is. */
export function storeGrad<Out extends FloatArray>(
  functionName: string,
  grad: Float64Array,
  options: BatchGradOptions<Out>,
  shape: Shape,
): Out {
  if (options.gradOut === undefined) return grad as FloatArray as Out;
  const out = resolveOut(functionName, options.gradOut, grad.length, shape, "gradOut");
  out.set(grad);
  return out;
}

/** The Huber function with δ = 1. */
export const huber = (r: number): number => (Math.abs(r) <= 1 ? (r * r) / 2 : Math.abs(r) - 0.5);

/** Its derivative. */
export const huberSlope = (r: number): number => Math.min(Math.max(r, -1), 1);
