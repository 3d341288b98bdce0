// Synthetic data: three overlapping clouds of points in the plane, some of them with a wrong label.
import { createRng, normal } from "@sd/math/random";

export const CLASSES = 3;

export interface Points {
  readonly n: number;
  /** `[n, 2]`, row by row. */
  readonly x: Float32Array;
  /** `[n]` */
  readonly labels: Int32Array;
}

/**
 * `n` points around (cos, sin)(2πc/3) for class c; the share `noise` of the labels is drawn anew.
 */
export function makeBlobs(n: number, noise: number, seed: number): Points {
  const rng = createRng(seed);
  const x = new Float32Array(2 * n);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const c = i % CLASSES;
    const angle = (2 * Math.PI * c) / CLASSES;
    x[2 * i] = Math.cos(angle) + 0.6 * normal(rng);
    x[2 * i + 1] = Math.sin(angle) + 0.6 * normal(rng);
    labels[i] = rng.uniform() < noise ? Math.floor(CLASSES * rng.uniform()) : c;
  }
  return { n, x, labels };
}
