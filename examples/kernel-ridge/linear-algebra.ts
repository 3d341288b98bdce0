// Small dense symmetric matrices as arrays of rows.

/** `[n][n]`. */
export type Matrix = readonly (readonly number[])[];

export const multiply = (a: Matrix, x: readonly number[]): number[] =>
  a.map((row) => row.reduce((sum, value, j) => sum + value * x[j]!, 0));

export const transpose = (a: Matrix): number[][] => a[0]!.map((_, j) => a.map((row) => row[j]!));

/** The solution of `a x = y` by Cholesky's decomposition; `a` must be positive definite. */
export function solve(a: Matrix, y: readonly number[]): number[] {
  const n = y.length;
  const lower = a.map(() => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  const x = [...y];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}

/** Eigenvalues, and the eigenvector of each as a row. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

/** The eigenvalues of a symmetric matrix by Jacobi's rotations. */
export function eigen(symmetric: Matrix): Eigen {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  // A dozen sweeps are far more than eleven rows need: each squares what is left off the diagonal.
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        rotate(a, p, q, c, c * t);
        rotateRows(v, p, q, c, c * t);
      }
    }
  }
  return { values: a.map((row, i) => row[i]!), vectors: v };
}

/** `a ← Jᵀ a J` with the rotation J of the axes p and q. */
function rotate(a: number[][], p: number, q: number, c: number, s: number): void {
  for (const row of a) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!];
  rotateRows(a, p, q, c, s);
}

function rotateRows(a: number[][], p: number, q: number, c: number, s: number): void {
  const [ap, aq] = [a[p]!, a[q]!];
  a[p] = ap.map((x, j) => c * x - s * aq[j]!);
  a[q] = ap.map((x, j) => s * x + c * aq[j]!);
}
