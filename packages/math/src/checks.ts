// The argument checks that all packages share. Each takes the public function's name first, so that
// the message names what the caller called, and throws one of the three errors of errors.ts.
import { DomainError, ShapeError, TypeMismatchError } from "./errors.ts";
import type { FloatArray, IntegerArray, Shape } from "./types.ts";

const INTEGER_TYPES: ReadonlySet<string> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
]);

/** The class of a typed array by its tag, which also holds for arrays of another realm. */
const typeOf = (x: unknown): string =>
  ArrayBuffer.isView(x) ? String((x as { [Symbol.toStringTag]?: string })[Symbol.toStringTag]) : "";

const show = (x: unknown): string => {
  const type = typeOf(x);
  if (type !== "") return type;
  if (Array.isArray(x)) return "an Array";
  if (typeof x === "string") return JSON.stringify(x);
  return typeof x === "object" && x !== null ? "an object" : String(x);
};

const list = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Tells whether `x` is a Float32Array or a Float64Array. */
export function isFloatArray(x: unknown): x is FloatArray {
  const type = typeOf(x);
  return type === "Float32Array" || type === "Float64Array";
}

/**
 * Splits a shape into rows and classes: the last axis is `k`, the product of the others `n`.
 *
 * @param functionName - The public function, for the message.
 * @param shape - Non-negative integers, at least one; the last at least 1. `[k]` is one row.
 * @returns `n` rows of `k` classes; `n` may be 0.
 * @throws {@link TypeMismatchError} if `shape` is not an array; {@link ShapeError} otherwise.
 */
export function checkShape(functionName: string, shape: Shape): { n: number; k: number } {
  if (!Array.isArray(shape)) {
    throw new TypeMismatchError(functionName, "shape", `to be an array, got ${show(shape)}`);
  }
  const k = shape.at(-1);
  const valid = shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0);
  if (k === undefined || k < 1 || !valid) {
    throw new ShapeError(
      functionName,
      "shape",
      `to hold non-negative integers, the last at least 1, got ${list(shape)}`,
    );
  }
  const n = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return { n, k };
}

function checkLength(
  functionName: string,
  argument: string,
  length: number,
  wanted: number,
  shape: Shape,
): void {
  if (length !== wanted) {
    throw new ShapeError(
      functionName,
      argument,
      `to have length ${wanted} for shape ${list(shape)}, got ${length}`,
    );
  }
}

/**
 * Checks that `values` is a float array of `length` elements.
 *
 * @param functionName - The public function, for the message.
 * @param argument - The argument's name, for the message.
 * @param values - What the caller passed.
 * @param length - The number of elements that it must have.
 * @param shape - The shape that this length follows from, for the message.
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function checkFloats(
  functionName: string,
  argument: string,
  values: FloatArray,
  length: number,
  shape: Shape,
): void {
  if (!isFloatArray(values)) {
    throw new TypeMismatchError(
      functionName,
      argument,
      `to be a Float32Array or Float64Array, got ${show(values)}`,
    );
  }
  checkLength(functionName, argument, values.length, length, shape);
}

/**
 * Checks a shape and the logits that have it; their values are free (NaN propagates, −∞ masks).
 *
 * @param functionName - The public function, for the message.
 * @param logits - [n, k].
 * @param shape - The last axis is `k`.
 * @param argument - The argument's name. @defaultValue "logits"
 * @returns `n` and `k`.
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function checkLogits(
  functionName: string,
  logits: FloatArray,
  shape: Shape,
  argument = "logits",
): { n: number; k: number } {
  const { n, k } = checkShape(functionName, shape);
  checkFloats(functionName, argument, logits, n * k, shape);
  return { n, k };
}

/**
 * Checks integer labels: one a row, each in 0…k−1.
 *
 * @param functionName - The public function, for the message.
 * @param labels - [n], any integer typed array.
 * @param n - Rows.
 * @param k - Classes.
 * @param shape - The shape that `n` and `k` come from, for the message.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function checkLabels(
  functionName: string,
  labels: IntegerArray,
  n: number,
  k: number,
  shape: Shape,
): void {
  if (!INTEGER_TYPES.has(typeOf(labels))) {
    throw new TypeMismatchError(
      functionName,
      "labels",
      `to be an integer typed array, got ${show(labels)}`,
    );
  }
  checkLength(functionName, "labels", labels.length, n, shape);
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    if (label < 0 || label >= k) {
      throw new DomainError(
        functionName,
        "labels",
        `to lie in 0…${k - 1}, got ${label} at index ${i}`,
      );
    }
  }
}

/**
 * Checks a float array whose elements must be finite and not negative: soft targets, weights,
 * pseudo-counts.
 *
 * @param functionName - The public function, for the message.
 * @param argument - The argument's name, for the message.
 * @param values - What the caller passed.
 * @param length - The number of elements that it must have.
 * @param shape - The shape that this length follows from, for the message.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function checkNonNegativeFloats(
  functionName: string,
  argument: string,
  values: FloatArray,
  length: number,
  shape: Shape,
): void {
  checkFloats(functionName, argument, values, length, shape);
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    // Written so that NaN fails as well.
    if (!(value >= 0 && value < Infinity)) {
      throw new DomainError(
        functionName,
        argument,
        `to be finite and not negative, got ${value} at index ${i}`,
      );
    }
  }
}

/**
 * Checks a float array whose elements must be finite and positive: concentrations.
 *
 * @param functionName - The public function, for the message.
 * @param argument - The argument's name, for the message.
 * @param values - What the caller passed.
 * @param length - The number of elements that it must have.
 * @param shape - The shape that this length follows from, for the message.
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 */
export function checkPositiveFloats(
  functionName: string,
  argument: string,
  values: FloatArray,
  length: number,
  shape: Shape,
): void {
  checkFloats(functionName, argument, values, length, shape);
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (!(value > 0 && value < Infinity)) {
      throw new DomainError(
        functionName,
        argument,
        `to be finite and > 0, got ${value} at index ${i}`,
      );
    }
  }
}

/** Soft targets [n, k] of any mass: finite and not negative. See {@link checkNonNegativeFloats}. */
export function checkTargets(
  functionName: string,
  targets: FloatArray,
  n: number,
  k: number,
  shape: Shape,
): void {
  checkNonNegativeFloats(functionName, "targets", targets, n * k, shape);
}

/** Row weights [n]: finite and not negative. See {@link checkNonNegativeFloats}. */
export function checkWeights(
  functionName: string,
  weights: FloatArray,
  n: number,
  shape: Shape,
): void {
  checkNonNegativeFloats(functionName, "weights", weights, n, shape);
}

/** The interval that a scalar argument must lie in; see {@link checkNumber}. */
export interface Interval {
  readonly min?: number;
  readonly max?: number;
  /** Whether `min` itself is refused. @defaultValue false */
  readonly aboveMin?: boolean;
  /** Whether `max` itself is refused. @defaultValue false */
  readonly belowMax?: boolean;
  /** Whether it must be an integer. @defaultValue false */
  readonly integer?: boolean;
}

/**
 * Checks a scalar argument: a finite number, an integer where asked, within an interval.
 *
 * @param functionName - The public function, for the message.
 * @param argument - The argument's name, for the message.
 * @param value - What the caller passed.
 * @param interval - Bounds; default none.
 * @returns `value`.
 * @throws {@link TypeMismatchError} if it is no number; {@link DomainError}.
 */
export function checkNumber(
  functionName: string,
  argument: string,
  value: number,
  interval: Interval = {},
): number {
  const { min = -Infinity, max = Infinity, integer = false } = interval;
  const { aboveMin = false, belowMax = false } = interval;
  if (typeof value !== "number") {
    throw new TypeMismatchError(functionName, argument, `to be a number, got ${show(value)}`);
  }
  const inside = (aboveMin ? value > min : value >= min) && (belowMax ? value < max : value <= max);
  if (!inside || !Number.isFinite(value) || (integer && !Number.isSafeInteger(value))) {
    const kind = integer ? "an integer" : "a finite number";
    const [low, high] = [min > -Infinity, max < Infinity];
    const range = [
      ...(low ? [`${aboveMin ? ">" : ">="} ${min}`] : []),
      ...(high ? [`${belowMax ? "<" : "<="} ${max}`] : []),
    ].join(" and ");
    throw new DomainError(
      functionName,
      argument,
      `to be ${kind}${range === "" ? "" : ` ${range}`}, got ${value}`,
    );
  }
  return value;
}

/**
 * Checks an option that is one of a few words.
 *
 * @param functionName - The public function, for the message.
 * @param argument - The option's name, for the message.
 * @param value - What the caller passed.
 * @param words - What it may be.
 * @returns `value`.
 * @throws {@link DomainError}.
 */
export function checkChoice<Word extends string>(
  functionName: string,
  argument: string,
  value: Word,
  words: readonly Word[],
): Word {
  if (!words.includes(value)) {
    const allowed = words.map((word) => JSON.stringify(word)).join(" or ");
    throw new DomainError(functionName, argument, `to be ${allowed}, got ${show(value)}`);
  }
  return value;
}

/**
 * Gives the array that a checked function fills: the caller's `out`, checked, or a new Float64Array.
 *
 * @param functionName - The public function, for the message.
 * @param out - What the caller passed, if anything.
 * @param length - The number of elements of the result.
 * @param shape - The shape that this length follows from, for the message.
 * @param argument - The option's name. @defaultValue "out"
 * @throws {@link TypeMismatchError}, {@link ShapeError}.
 */
export function resolveOut<Out extends FloatArray = Float64Array>(
  functionName: string,
  out: Out | undefined,
  length: number,
  shape: Shape,
  argument = "out",
): Out {
  // Without `out` the type parameter has its default, which the compiler cannot see from here.
  if (out === undefined) return new Float64Array(length) as FloatArray as Out;
  checkFloats(functionName, argument, out, length, shape);
  return out;
}
