/** Deterministic values in (−1, 1) without pattern. */
export function wave(shape: readonly number[], seed = 1): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin((i + 1) * (1.3 + seed)) * 0.9);
}
