// Kernel ridge regression, and what becomes of it when it is taught by itself (Borup & Andersen 2021, arXiv 2102.13088).
import { type Eigen, eigen, type Matrix, multiply, solve, transpose } from "./linear-algebra.ts";

/** exp(−(x − x′)² / (2 ℓ²)) for all pairs. */
export const rbfKernel = (x: readonly number[], z: readonly number[], length: number): Matrix =>
  x.map((a) => z.map((b) => Math.exp(-((a - b) ** 2) / (2 * length ** 2))));

/** What a chain of students is fitted with. */
export interface Distillation {
  /** `[n][n]`, the kernel of the training points. */
  readonly kernel: Matrix;
  /** `[n]`, what was measured at the points. */
  readonly targets: readonly number[];
  /** λ > 0, the weight of the norm of the function. */
  readonly ridge: number;
  /** α in [0, 1], the weight of what was measured; the teacher has the rest. */
  readonly alpha: number;
}

/**
 * The coefficients of the kernel of each generation, one fit after the other: generation 0 is fitted to the targets, each later one
 * to `α y + (1 − α) f`, f the predictions of the one before; `(K + λ I) c = that`.
 */
export function fitGenerations(
  { kernel, targets, ridge, alpha }: Distillation,
  generations: number,
): number[][] {
  const regularised = kernel.map((row, i) => row.map((k, j) => (i === j ? k + ridge : k)));
  const fits = [solve(regularised, targets)];
  for (let g = 1; g <= generations; g++) {
    const teacher = multiply(kernel, fits.at(-1)!);
    const mixed = targets.map((y, i) => alpha * y + (1 - alpha) * teacher[i]!);
    fits.push(solve(regularised, mixed));
  }
  return fits;
}

/**
 * How much of each eigenvector of the kernel is left in the predictions of generation g: with `a = d/(d + λ)` of its eigenvalue d and
 * `r = (1 − α) a`, it is `a (α (1 − rᵍ)/(1 − r) + rᵍ)`. With α = 0 that is `a^(g + 1)`: every generation shrinks what the kernel
 * supports least. As g grows it tends to `d/(d + λ/α)`: the same fit with a larger ridge.
 */
export function shrinkage(eigenvalue: number, ridge: number, alpha: number, g: number): number {
  const a = eigenvalue / (eigenvalue + ridge);
  const r = (1 - alpha) * a;
  return a * (alpha * ((1 - r ** g) / (1 - r)) + r ** g);
}

/** The predictions of a generation at the training points, without any fit; `spectrum` is the kernel's. */
export function closedForm(
  { kernel, targets, ridge, alpha }: Distillation,
  generation: number,
  { values, vectors }: Eigen = eigen(kernel),
): number[] {
  const parts = multiply(vectors, targets);
  const kept = parts.map((part, j) => part * shrinkage(values[j]!, ridge, alpha, generation));
  return multiply(transpose(vectors), kept);
}
