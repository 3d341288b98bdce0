// The soft targets of rows of pseudo-counts. Unchecked: arrays have the stated lengths.
import { type FloatArray, isFloatArray } from "@sd/math";
import type { Labels } from "../labels.ts";

/** `out[i, c] = (1[y_i] + a_ic)/S_i`, `massOut[i] = S_i = 1 + Σ_c a_ic`; `out` may be `excess`. */
export function smoothedTargetsInto(
  out: FloatArray,
  massOut: FloatArray | null,
  excess: FloatArray,
  labels: Labels,
  n: number,
  k: number,
): void {
  const soft = isFloatArray(labels);
  for (let i = 0; i < n; i++) {
    const start = i * k;
    const end = start + k;
    let mass = 1;
    for (let j = start; j < end; j++) mass += excess[j]!;
    if (massOut !== null) massOut[i] = mass;
    if (soft) {
      for (let j = start; j < end; j++) out[j] = (labels[j]! + excess[j]!) / mass;
      continue;
    }
    const own = (1 + excess[start + labels[i]!]!) / mass;
    for (let j = start; j < end; j++) out[j] = excess[j]! / mass;
    out[start + labels[i]!] = own;
  }
}
