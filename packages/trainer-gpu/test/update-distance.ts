import type { Arrays } from "../src/session-variables.ts";

export const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

export const difference = (a: Float32Array, b: Float32Array): Float32Array =>
  a.map((x, i) => x - b[i]!);

/**
 * The largest distance of two sessions' variables, each in units of how far the step has moved it.
 */
export function updateDistance(before: Arrays, a: Arrays, b: Arrays): number {
  const distances = Object.keys(a).map((name) => {
    const moved = norm(difference(a[name]!, before[name]!));
    return moved === 0 ? 0 : norm(difference(a[name]!, b[name]!)) / moved;
  });
  return Math.max(...distances);
}
