import {
  checkFloats,
  type FloatArray,
  isFloatArray,
  ShapeError,
  TypeMismatchError,
} from "@sd/math";

/** Named arrays of weights; a model's parameters, and its batch-norm buffers to have them averaged. */
export type Weights = Readonly<Record<string, FloatArray>>;

/** Weights in any of the forms that {@link emaUpdate} takes: one array, several, or named ones. */
export type WeightSet = FloatArray | readonly FloatArray[] | Weights;

/** A set of arrays by name; those of a list are named by their places, a single one by "". */
export function named(weights: WeightSet): Weights {
  if (isFloatArray(weights)) return { "": weights };
  return weights as Weights;
}

export const copyOf = (weights: Weights): Record<string, FloatArray> =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]));

/** Checks that all of them are float arrays. */
export function checkWeights(functionName: string, argument: string, weights: Weights): void {
  if (typeof weights !== "object" || weights === null) {
    throw new TypeMismatchError(functionName, argument, `to be arrays, got ${weights}`);
  }
  for (const [name, values] of Object.entries(weights)) {
    const place = name === "" ? argument : `${argument}.${name}`;
    checkFloats(functionName, place, values, values?.length, []);
  }
}

/**
 * Checks that `weights` has the names and lengths of `known`, before anything is changed.
 *
 * @throws {@link ShapeError}, {@link TypeMismatchError}.
 */
export function checkSameWeights(
  functionName: string,
  argument: string,
  known: Weights,
  weights: Weights,
): void {
  checkWeights(functionName, argument, weights);
  const missing = Object.keys(known).find((name) => !Object.hasOwn(weights, name));
  const extra = Object.keys(weights).find((name) => !Object.hasOwn(known, name));
  if (missing !== undefined || extra !== undefined) {
    const detail = missing !== undefined ? `${missing} is missing` : `${extra} is new`;
    throw new ShapeError(functionName, argument, `to have the same arrays throughout: ${detail}`);
  }
  for (const [name, { length }] of Object.entries(known)) {
    const place = name === "" ? argument : `${argument}.${name}`;
    if (weights[name]!.length === length) continue;
    const detail = `to have length ${length} throughout, got ${weights[name]!.length}`;
    throw new ShapeError(functionName, place, detail);
  }
}
