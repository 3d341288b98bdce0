// Synthetic data: four arms of a spiral in the plane, some points with a wrong label.
import { createRng, normal } from "@sd/math/random";

export const CLASSES = 4;

export interface Points {
  readonly n: number;
  /** `[n, 2]`, row by row. */
  readonly x: Float32Array;
  /** `[n]` */
  readonly labels: Int32Array;
}

/** `n` points, an arm a class; the share `noise` of the labels is drawn anew. */
export function makeSpirals(n: number, noise: number, seed: number): Points {
  const rng = createRng(seed);
  const x = new Float32Array(2 * n);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const c = i % CLASSES;
    const radius = 0.1 + 0.9 * rng.uniform();
    const angle = (2 * Math.PI * c) / CLASSES + 2 * radius;
    x[2 * i] = radius * Math.cos(angle) + 0.1 * normal(rng);
    x[2 * i + 1] = radius * Math.sin(angle) + 0.1 * normal(rng);
    labels[i] = rng.uniform() < noise ? Math.floor(CLASSES * rng.uniform()) : c;
  }
  return { n, x, labels };
}

/** Some of the points, in the order of `rows`. */
export function select({ x, labels }: Points, rows: Int32Array): Points {
  return {
    n: rows.length,
    x: gatherRows(x, rows, 2),
    labels: Int32Array.from(rows, (row) => labels[row]!),
  };
}

/** Some rows, `width` numbers each. */
export function gatherRows(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const out = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    out.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  return out;
}
