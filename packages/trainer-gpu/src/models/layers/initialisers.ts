import { normal, type Rng } from "@sd/math/random";

/** Draws the values of a tensor of `size` elements. */
export type Initialiser = (rng: Rng, size: number) => Float32Array;

/**
 * U(−1/√fanIn, 1/√fanIn), PyTorch's default for weights (Kaiming uniform with a = √5) and biases of
 * convolutions and dense layers.
 */
export function uniformByFanIn(fanIn: number): Initialiser {
  const bound = 1 / Math.sqrt(fanIn);
  return (rng, size) => Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
}

/**
 * N(0, 2 / fan), for layers that ReLU follows: He, Zhang, Ren, Sun (arXiv 1502.01852), equations 10
 * (fan in) and 14 (fan out).
 */
export function heNormal(fan: number): Initialiser {
  const deviation = Math.sqrt(2 / fan);
  return (rng, size) => Float32Array.from({ length: size }, () => normal(rng) * deviation);
}

/** The same number everywhere. */
export function constant(value: number): Initialiser {
  return (_, size) => new Float32Array(size).fill(value);
}
