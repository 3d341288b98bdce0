import { checkFloats, type FloatArray, type Shape, ShapeError } from "@sd/math";
import {
  type BatchGradOptions,
  type BatchValueAndGrad,
  checkFeatures,
  storeGrad,
} from "./batch-loss.ts";

/** What a hint needs to know. */
export interface HintOptions {
  /** [d, e], the learnt linear map r of the student's features to the teacher's width e; default none. */
  readonly projection?: FloatArray | undefined;
}

/** The hint's value with the gradients of the features and of the projection. */
export interface HintValueAndGrad<Out extends FloatArray = Float64Array>
  extends BatchValueAndGrad<Out> {
  /** [d, e] if there is a projection. */
  readonly projectionGrad: Float64Array | undefined;
}

interface Residual {
  readonly n: number;
  readonly d: number;
  readonly e: number;
  /** [n, e], r(x) − z. */
  readonly difference: Float64Array;
  readonly value: number;
}

function residual(
  functionName: string,
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
  projection: FloatArray | undefined,
): Residual {
  const { n, d, teacherWidth: e } = checkFeatures(functionName, features, teacherFeatures, shape);
  if (projection !== undefined) {
    checkFloats(functionName, "projection", projection, d * e, [d, e]);
  } else if (d !== e) {
    const detail = `to have width ${d} as the features where there is no projection, got ${e}`;
    throw new ShapeError(functionName, "teacherFeatures", detail);
  }
  const difference = new Float64Array(n * e);
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < e; c++) {
      let image = 0;
      if (projection === undefined) image = features[i * d + c]!;
      else for (let j = 0; j < d; j++) image += features[i * d + j]! * projection[j * e + c]!;
      const gap = image - teacherFeatures[i * e + c]!;
      difference[i * e + c] = gap;
      total += gap * gap;
    }
  }
  return { n, d, e, difference, value: total / (n * e) };
}

/**
 * The hint of FitNets: the mean over all elements of `(r(x) − z)²`, r linear without a bias.
 *
 * The paper's ½‖r(x) − z‖² of a row is e/2 times that row's mean.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, e], constants; e = d unless there is a projection.
 * @param shape - [n, d].
 * @param options - `projection`.
 * @returns The loss of the batch.
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 *
 * Reference: Romero et al. 2015, arXiv 1412.6550.
 *
 * @example
 * ```ts
 * import { hint } from "@sd/losses";
 *
 * console.log(hint(Float64Array.of(1, 2), Float64Array.of(0, 4), [1, 2])); // 2.5
 * ```
 */
export function hint(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
  options: HintOptions = {},
): number {
  return residual("hint", features, teacherFeatures, shape, options.projection).value;
}

/**
 * {@link hint} with its gradients `2 (r(x) − z) Wᵀ/(n e)` and `2 xᵀ (r(x) − z)/(n e)`.
 *
 * @param features - [n, d], the student's.
 * @param teacherFeatures - [n, e], constants.
 * @param shape - [n, d].
 * @param options - `projection`, `gradOut`.
 * @returns `value`, `grad` [n, d], `projectionGrad` [d, e].
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function hintValueAndGrad<Out extends FloatArray = Float64Array>(
  features: FloatArray,
  teacherFeatures: FloatArray,
  shape: Shape,
  options: HintOptions & BatchGradOptions<Out> = {},
): HintValueAndGrad<Out> {
  const name = "hintValueAndGrad";
  const { projection } = options;
  const { n, d, e, difference, value } = residual(
    name,
    features,
    teacherFeatures,
    shape,
    projection,
  );
  const slope = difference.map((gap) => (2 * gap) / (n * e));
  if (projection === undefined) {
    return { value, grad: storeGrad(name, slope, options, shape), projectionGrad: undefined };
  }
  const grad = new Float64Array(n * d);
  const projectionGrad = new Float64Array(d * e);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      for (let c = 0; c < e; c++) {
        grad[i * d + j]! += slope[i * e + c]! * projection[j * e + c]!;
        projectionGrad[j * e + c]! += features[i * d + j]! * slope[i * e + c]!;
      }
    }
  }
  return { value, grad: storeGrad(name, grad, options, shape), projectionGrad };
}
