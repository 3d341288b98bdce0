/** Row-major floating-point data, the only form in which the packages take and return rows. */
export type FloatArray = Float32Array | Float64Array;

/** Any typed array of integers that fit a double; class labels may come in each of them. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** The axes of a row-major array; the last one is the class axis, the others are flattened to rows. */
export type Shape = readonly number[];
