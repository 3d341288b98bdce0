import type { FloatArray } from "../types.ts";
import { MAXIMUM_SIZE } from "./workspace.ts";

/**
 * The smallest n · k that the SIMD kernels take themselves; a smaller batch goes to the JavaScript
 * kernels.
 *
 * From about 40 numbers on SIMD wins even where each batch has another shape than the last one, so
 * that the views of the memory are made anew each time (bench/simd.ts, column "new shape").
 */
export const SIMD_MINIMUM_SIZE: number = 64;

/** Whether the batch is one for SIMD: its size, more than one class, float32 logits. */
export function suitsInput(minimumSize: number, n: number, k: number, logits: FloatArray): boolean {
  const size = n * k;
  return k > 1 && size >= minimumSize && size <= MAXIMUM_SIZE && logits instanceof Float32Array;
}

/** Whether the batch is one for SIMD whose result is rounded to float32. */
export function suits(
  minimumSize: number,
  n: number,
  k: number,
  out: FloatArray,
  logits: FloatArray,
): boolean {
  return out instanceof Float32Array && suitsInput(minimumSize, n, k, logits);
}

/** Whether a gradient, if one is wanted, is of float32. */
export const isFloat32OrNull = (x: FloatArray | null): boolean =>
  x === null || x instanceof Float32Array;

/** Whether 1/T and log2(e)/T are normal numbers; the JavaScript kernels divide by any T. */
export function isInvertible(temperature: number): boolean {
  return temperature > 1e-300 && temperature < 1e300;
}
